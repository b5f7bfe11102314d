"""What answers about arrears risk are made of."""
