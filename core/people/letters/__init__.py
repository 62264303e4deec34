"""The letters that we send by e-mail, and the links in them."""
