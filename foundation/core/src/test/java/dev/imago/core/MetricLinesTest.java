package dev.imago.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricLinesTest {
  @Test
  void numbersThatAreNoneAreReadAndBrokenLinesPassedOver(@TempDir Path folder) throws Exception {
    byte[] lines =
        """
        {"step":1,"loss":"NaN","more":{"loss":7}}
        {"step":2,"loss":"-Infinity","unit":"NaNs"}
        {"step":3,"prompt":"NaN","sample":"Infinity"}
        no line
        {"a":[1]}
        {"step":4,"sample":"ü\
        """
            .getBytes(StandardCharsets.UTF_8);
    // The kill came between the two bytes of the ü.
    Path file =
        Files.write(folder.resolve("metrics.jsonl"), Arrays.copyOf(lines, lines.length - 1));
    assertEquals(
        List.of(
            Map.of("step", 1.0, "loss", Double.NaN),
            Map.of("step", 2.0, "loss", Double.NEGATIVE_INFINITY),
            Map.of("step", 3.0)),
        MetricLines.read(file));
    assertEquals(List.of(), MetricLines.read(folder.resolve("none")));
  }
}
