"""The controls every page is built from: big targets, plain words, nothing chosen beforehand."""
