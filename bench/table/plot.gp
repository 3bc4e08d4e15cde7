# gnuplot -e "csv = 'FILE'; svg = 'FILE'; tokens = NUMBER" bench/table/plot.gp
set terminal svg size 1000,480 dynamic font "sans-serif,13" background rgb "white"
set output svg
set title sprintf("%d live tokens, 2 threads: median, least and greatest", tokens)
set ylabel "million operations a second"
set yrange [0:*]
set grid y
set key top right
set style data histograms
set style histogram errorbars gap 2 lw 1
set style fill solid 0.8 noborder
of(contestant) = sprintf("< awk -F, '$1 == %d && $2 == 2 && $4 == \"%s\" && $3 ~ /^(insert|hit|miss|mix 95.5|erase|worn hit|worn miss)$/' %s", \
                         tokens, contestant, csv)
set datafile separator ","
plot for [who in "slots table tbb libcuckoo 'boost x 64'"] of(who) using 6:7:8:xtic(3) title who
