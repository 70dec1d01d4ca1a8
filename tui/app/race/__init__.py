"""What the race view draws: pure line makers, and the sheet that shows them."""
