DROP TABLE integrity_time_stamp;
