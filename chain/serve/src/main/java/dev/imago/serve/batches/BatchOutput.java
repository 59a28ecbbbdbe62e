package dev.imago.serve.batches;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The answers of a batch, a line each, durable line by line. A half line at the end, which a crash
/// left, is cut off when it is opened. Thread-safe.
final class BatchOutput implements Closeable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final FileChannel channel;

  private BatchOutput(FileChannel channel) {
    this.channel = channel;
  }

  /// @param answered gets the ids of the requests that have their answer
  static BatchOutput open(Path file, Set<String> answered) throws IOException {
    if (Files.exists(file)) {
      cutHalfLine(file);
      try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          answered.add(JSON.readTree(line).path("custom_id").asString());
        }
      } catch (JacksonException e) {
        throw new IOException("a line of %s is broken".formatted(file), e);
      }
    }
    return new BatchOutput(
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  private static void cutHalfLine(Path file) throws IOException {
    try (var random = new RandomAccessFile(file.toFile(), "rw")) {
      long end = random.length();
      while (end > 0) {
        random.seek(end - 1);
        if (random.read() == '\n') {
          break;
        }
        end--;
      }
      random.setLength(end);
    }
  }

  synchronized void append(ObjectNode line) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
