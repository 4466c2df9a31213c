//! Suppression, change and order, over whatever rules there are.
