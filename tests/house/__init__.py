"""House tests: import contracts, words, sizes, and documentation that is true."""
