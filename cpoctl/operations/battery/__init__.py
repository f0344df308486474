"""Batteries: stations where a driver swaps an empty one for a full one. OCPP 2.1 S01 to S03"""
