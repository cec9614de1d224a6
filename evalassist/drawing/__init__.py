"""Draws the exercise pictures and the hip-knee figure from pose data; used at build time only."""
