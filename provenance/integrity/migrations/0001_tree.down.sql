DROP TABLE integrity_tree;
DROP TABLE integrity_node;
