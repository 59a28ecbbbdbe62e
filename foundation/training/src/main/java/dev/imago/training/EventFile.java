package dev.imago.training;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/// A curve as an event file that TensorBoard shows: TFRecords, each an `Event` of protocol buffers
/// with scalars.
///
/// A record is its length (8 bytes, little-endian), the length's masked CRC-32C, the bytes, and
/// theirs. `Event`: 1 wall_time (double), 2 step (varint), 3 file_version, 5 summary; `Summary`: 1
/// value; `Value`: 1 tag, 2 simple_value (float), 8 tensor, 9 metadata. `TensorProto`: 1 dtype, 2
/// tensor_shape, 8 string_val; `SummaryMetadata`: 1 plugin_data, whose 1 is the plugin's name.
final class EventFile {
  static final String NAME = "events.out.tfevents.0.imago";

  /// Of a point → TensorBoard's tag: what stands before the slash is a group of charts.
  private static final List<Map.Entry<String, String>> TAGS =
      List.of(
          Map.entry("loss", "loss/train"),
          Map.entry("targetLoss", "loss/targets"),
          Map.entry("distillationLoss", "loss/distillation"),
          Map.entry("hiddenLoss", "loss/hidden"),
          Map.entry("developmentLoss", "loss/development"),
          Map.entry("heldoutLoss", "loss/heldout"),
          Map.entry("rewardMargin", "rewards/margins"),
          Map.entry("rewardAccuracy", "rewards/accuracies"),
          Map.entry("chosenReward", "rewards/chosen"),
          Map.entry("rejectedReward", "rewards/rejected"),
          Map.entry("heldoutRewardMargin", "rewards/margins_heldout"),
          Map.entry("heldoutRewardAccuracy", "rewards/accuracies_heldout"),
          Map.entry("heldoutChosenLogp", "logps/chosen_heldout"),
          Map.entry("heldoutRejectedLogp", "logps/rejected_heldout"),
          Map.entry("distance", "answers/distance"),
          Map.entry("answerTokens", "answers/tokens"),
          Map.entry("learningRate", "train/learning_rate"),
          Map.entry("gradientNorm", "train/gradient_norm"),
          Map.entry("tokensPerSecond", "speed/tokens_per_second"),
          Map.entry("utilisation", "speed/utilisation"),
          Map.entry("energyJoules", "energy/joules"),
          Map.entry("energyJoulesEstimated", "energy/joules_estimated"),
          Map.entry("waitedSeconds", "speed/waited_seconds"),
          Map.entry("residentBytes", "memory/resident_bytes"));

  /// TensorFlow's type of strings.
  private static final int DT_STRING = 7;

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private EventFile() {}

  /// The whole file.
  static byte[] of(Curve curve) {
    List<Map<String, Number>> points = curve.points();
    var file = new ByteArrayOutputStream();
    double begun = points.isEmpty() ? 0 : time(points.getFirst());
    var version = new ByteArrayOutputStream();
    fixed64(version, 1, begun);
    bytes(version, 3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
    record(file, version.toByteArray());
    for (Map<String, Number> point : points) {
      var summary = new ByteArrayOutputStream();
      for (Map.Entry<String, String> tag : TAGS) {
        Number number = point.get(tag.getKey());
        if (number != null) {
          var value = new ByteArrayOutputStream();
          bytes(value, 1, tag.getValue().getBytes(StandardCharsets.UTF_8));
          fixed32(value, 2, number.floatValue());
          bytes(summary, 1, value.toByteArray());
        }
      }
      var event = new ByteArrayOutputStream();
      fixed64(event, 1, time(point));
      key(event, 2, VARINT);
      varint(event, point.getOrDefault("step", 0).longValue());
      bytes(event, 5, summary.toByteArray());
      record(file, event.toByteArray());
    }
    for (Curve.Sample sample : curve.samples()) {
      var event = new ByteArrayOutputStream();
      fixed64(event, 1, sample.time());
      key(event, 2, VARINT);
      varint(event, sample.step());
      var summary = new ByteArrayOutputStream();
      bytes(summary, 1, text(sample));
      bytes(event, 5, summary.toByteArray());
      record(file, event.toByteArray());
    }
    return file.toByteArray();
  }

  /// A value of TensorBoard's text: a tensor of one string, which is shown as Markdown, so that
  /// text as it is stands in an indented block.
  private static byte[] text(Curve.Sample sample) {
    String shown = "**%s**%n%n%s".formatted(sample.prompt(), sample.text().indent(4));
    var dimension = new ByteArrayOutputStream();
    key(dimension, 1, VARINT);
    varint(dimension, 1);
    var shape = new ByteArrayOutputStream();
    bytes(shape, 2, dimension.toByteArray());
    var tensor = new ByteArrayOutputStream();
    key(tensor, 1, VARINT);
    varint(tensor, DT_STRING);
    bytes(tensor, 2, shape.toByteArray());
    bytes(tensor, 8, shown.getBytes(StandardCharsets.UTF_8));
    var plugin = new ByteArrayOutputStream();
    bytes(plugin, 1, "text".getBytes(StandardCharsets.UTF_8));
    var metadata = new ByteArrayOutputStream();
    bytes(metadata, 1, plugin.toByteArray());
    var value = new ByteArrayOutputStream();
    bytes(
        value,
        1,
        "samples/%s/text_summary".formatted(sample.prompt()).getBytes(StandardCharsets.UTF_8));
    bytes(value, 8, tensor.toByteArray());
    bytes(value, 9, metadata.toByteArray());
    return value.toByteArray();
  }

  private static double time(Map<String, Number> point) {
    return point.getOrDefault("time", 0).doubleValue();
  }

  private static void record(ByteArrayOutputStream to, byte[] data) {
    byte[] length =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(data.length).array();
    to.writeBytes(length);
    to.writeBytes(checksum(length));
    to.writeBytes(data);
    to.writeBytes(checksum(data));
  }

  /// CRC-32C, turned right by 15 bits and shifted, so that checksums of checksums do not agree.
  private static byte[] checksum(byte[] data) {
    var crc = new CRC32C();
    crc.update(data);
    int value = Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static void key(ByteArrayOutputStream to, int field, int type) {
    varint(to, (long) field << 3 | type);
  }

  private static void varint(ByteArrayOutputStream to, long value) {
    long left = value;
    while ((left & ~0x7FL) != 0) {
      to.write((int) (left & 0x7F | 0x80));
      left >>>= 7;
    }
    to.write((int) left);
  }

  private static void fixed64(ByteArrayOutputStream to, int field, double value) {
    key(to, field, FIXED64);
    to.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
  }

  private static void fixed32(ByteArrayOutputStream to, int field, float value) {
    key(to, field, FIXED32);
    to.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
  }

  private static void bytes(ByteArrayOutputStream to, int field, byte[] value) {
    key(to, field, BYTES);
    varint(to, value.length);
    to.writeBytes(value);
  }
}
