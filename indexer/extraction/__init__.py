"""Reading files in processes of their own, and the side that starts and watches them."""
