"""What several kinds of tests need to drive cpoctl from outside."""
