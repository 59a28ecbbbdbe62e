package dev.imago.training;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// The losses of a run by step: kept in its checkpoints, drawn as `loss.svg`.
final class Curve {
  private final List<Map<String, Number>> points = new ArrayList<>();

  List<Map<String, Number>> points() {
    return List.copyOf(points);
  }

  void add(Map<String, Number> point) {
    points.add(new TreeMap<>(point));
  }

  /// The picture: training and held-out loss in nats a token over tokens seen.
  byte[] svg(String title) {
    XYChart chart =
        new XYChartBuilder()
            .width(800)
            .height(480)
            .title(title)
            .xAxisTitle("tokens")
            .yAxisTitle("loss, nats a token")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
    series(chart, "loss", "training");
    series(chart, "heldoutLoss", "held out");
    var out = new ByteArrayOutputStream();
    try {
      VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private void series(XYChart chart, String key, String name) {
    var x = new ArrayList<Double>();
    var y = new ArrayList<Double>();
    for (Map<String, Number> point : points) {
      Number value = point.get(key);
      Number tokens = point.get("tokens");
      if (value != null && tokens != null) {
        x.add(tokens.doubleValue());
        y.add(value.doubleValue());
      }
    }
    if (!x.isEmpty()) {
      chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE);
    }
  }
}
