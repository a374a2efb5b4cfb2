"""The paper (arXiv 2404.10301), claim by claim: a page for one model, made from kept results alone."""
