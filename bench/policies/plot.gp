# SPDX-License-Identifier: Apache-2.0
# gnuplot -e "data='policies.tsv'; out='policies.svg'" plot.gp: the 99th percentile of the second
# after the trouble began, for each story and policy.
set terminal svg size 1200,600 dynamic
set output out
set datafile separator "\t"
set style data histograms
set style histogram clustered gap 2
set style fill solid 0.8
set logscale y
set ylabel "p99 ms, first second of the trouble"
set xtics rotate by -20
set key outside top center horizontal
set grid ytics
policies = "random|lowest SRTT|Unbound band|P2C peak-EWMA|DCC-like|Repute"
of(name) = sprintf("< awk -F'\\t' -v p='%s' 'NR > 1 && $2 == p' '%s'", name, data)
count = 6
name(i) = system(sprintf("echo '%s' | cut -d'|' -f%d", policies, i))
plot for [i = 1:count] of(name(i)) using 4:xtic(1) title name(i)
