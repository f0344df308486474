"""What the screens are made of. Whatever a charger said reaches the terminal as plain segments, never as markup."""
