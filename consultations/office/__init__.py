"""The coordinator's pages in the back office: agenda, one talk, calls, waiting list.

Each page asks for the right to see bookings; roles.py says who has it.
"""
