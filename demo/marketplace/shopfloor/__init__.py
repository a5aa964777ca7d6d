"""What this shop added to Oscar: listings off the shelf, parcels, and the faults it commits on purpose."""
