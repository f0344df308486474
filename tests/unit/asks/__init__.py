"""What each version is asked, subject by subject."""
