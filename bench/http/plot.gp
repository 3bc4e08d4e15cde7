# gnuplot -e "csv = ...; svg = ..." plot.gp: the server's CPU for each request, tokend beside nginx's static answer.
set terminal svg size 860,400 font 'sans-serif,12' background 'white'
set output svg
set datafile separator ','
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.9 noborder
set boxwidth 0.9
set grid ytics lc rgb '#dddddd'
set yrange [0:*]
set key outside bottom center horizontal
set ylabel 'CPU of the server, µs a request'
set title 'tokend beside a static answer of nginx, one core each'
plot '< grep ,tokend, '.csv using 6:xtic(1) title 'tokend' lc rgb '#1f6feb', \
     '< grep ,nginx, '.csv using 6 title 'nginx, return 200' lc rgb '#9aa4b2'
