-- The history goes with its table.
DROP TABLE index_points;
