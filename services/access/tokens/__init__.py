"""Tokens: who signs them, how one is read without trusting it, and how one is taken back."""
