CREATE TABLE t (a int);
COPY t (a) FROM stdin;
1
2
COPY -1T!)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a)a);x y FROM stdin;
COPY t (a) FROM stdin;
3
