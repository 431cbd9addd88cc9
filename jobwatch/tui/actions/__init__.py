"""What the monitor's keys do, by what they are about."""
