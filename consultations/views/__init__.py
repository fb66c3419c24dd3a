"""Pages of advice, one file a subject: the offer, the way to a booking, the own appointment,
the waiting list.
"""
