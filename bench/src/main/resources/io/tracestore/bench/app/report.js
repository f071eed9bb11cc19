"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  // Told apart by people who do not see colours as most do (Okabe and Ito); dashes and points tell too.
  const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a8a8a"];
  const dashes = [[], [6, 4], [2, 3], [10, 4, 2, 4]];
  const points = ["circle", "rect", "triangle", "rectRot", "star", "cross"];
  const charts = [];

  const short = (value, steps, units) => {
    let unit = 0;
    let scaled = value;
    while (unit < units.length - 1 && scaled >= steps) {
      scaled /= steps;
      unit++;
    }
    return Number(scaled.toPrecision(3)) + units[unit];
  };
  const formats = {
    PER_SECOND: (value) => short(value, 1000, ["", "k", "M", "G"]) + "/s",
    MICROS: (value) => short(value * 1000, 1000, [" ns", " µs", " ms", " s"]),
    BYTES: (value) => short(value, 1000, [" B", " kB", " MB", " GB"]),
    RATIO: (value) => Number(value.toPrecision(3)) + "x",
  };

  const draw = (spec) => {
    const style = getComputedStyle(document.documentElement);
    const text = style.getPropertyValue("--text").trim();
    const line = style.getPropertyValue("--line").trim();
    const format = formats[spec.unit];
    const logarithmic = spec.unit !== "BYTES";
    const values = spec.series.flatMap((series) => series.values).filter((value) => value !== null);
    // Whole decades: the shortest bar, too, can be seen.
    const decade = (value, round) => 10 ** round(Math.log10(value));
    const valueAxis = {
      min: logarithmic ? decade(Math.min(...values) * 0.9, Math.floor) : 0,
      max: logarithmic ? decade(Math.max(...values), Math.ceil) : undefined,
      type: logarithmic ? "logarithmic" : "linear",
      grid: { color: line },
      ticks: {
        color: text,
        maxTicksLimit: 8,
        callback: (value) => (!logarithmic || Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6) ? format(value) : ""),
      },
    };
    const labelAxis = {
      grid: { display: false },
      ticks: { color: text, autoSkip: false },
      title: { display: spec.lines, text: spec.axis, color: text },
    };
    return new Chart(document.getElementById(spec.id), {
      type: spec.lines ? "line" : "bar",
      data: {
        labels: spec.labels,
        datasets: spec.series.map((series, i) => ({
          label: series.name,
          data: series.values,
          borderColor: colours[i % colours.length],
          backgroundColor: colours[i % colours.length],
          borderDash: spec.lines ? dashes[i % dashes.length] : [],
          pointStyle: points[i % points.length],
          pointRadius: 4,
          spanGaps: true,
        })),
      },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        indexAxis: spec.lines ? "x" : "y",
        interaction: { mode: "index", intersect: false, axis: spec.lines ? "x" : "y" },
        scales: spec.lines ? { x: labelAxis, y: valueAxis } : { x: valueAxis, y: labelAxis },
        plugins: {
          legend: { labels: { color: text, usePointStyle: spec.lines, boxHeight: 8, boxWidth: spec.lines ? 8 : 24 } },
          tooltip: {
            callbacks: {
              label: (item) => item.dataset.label + ": " + format(spec.lines ? item.parsed.y : item.parsed.x),
            },
          },
        },
      },
    });
  };

  const drawAll = () => {
    charts.splice(0).forEach((chart) => chart.destroy());
    data.forEach((spec) => charts.push(draw(spec)));
    // The number of charts and of their points, so that a test can see them without looking at pixels.
    const points = charts.map((chart) => chart.data.datasets.reduce((sum, set) => sum + set.data.filter((v) => v !== null).length, 0));
    document.documentElement.dataset.charts = String(charts.length);
    document.documentElement.dataset.points = points.join(" ");
  };
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
})();
