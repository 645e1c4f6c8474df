-- Who did what is forgotten; what was done stays.
DROP TABLE slots;
