"""Measures Offing through HTTP beside a floor: the same statements and the same template without Offing around them."""
