"""Networks: laws of shapes, support and conditions."""
