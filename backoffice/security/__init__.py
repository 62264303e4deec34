"""Coming in, staying in, and showing again who one is before money moves."""
