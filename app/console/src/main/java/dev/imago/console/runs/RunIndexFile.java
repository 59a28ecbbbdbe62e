package dev.imago.console.runs;

import dev.imago.core.AtomicFile;
import dev.imago.core.EnvironmentException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/// Entries of runs that have ended, in one file, so that a hundred thousand are there at once.
///
/// The record of a run that has ended never changes, so an entry is right for ever. The file is a
/// copy: where it is missing, damaged or of another version, the runs themselves are read.
///
/// Big-endian: a magic number with the version, a CRC-32C of the rest; then the texts, each once;
/// the lists of names, as numbers of texts; the entries.
final class RunIndexFile {
  static final String NAME = "runs.index";

  private static final int MAGIC = 0x494d5201;

  private RunIndexFile() {}

  /// @param runs the folder that holds the runs' folders
  /// @return the entries by their keys; empty where the file cannot be used
  static Map<String, RunEntry> read(Path file, Path runs, SharedNames shared) {
    try {
      if (!Files.isRegularFile(file)) {
        return Map.of();
      }
      byte[] bytes = Files.readAllBytes(file);
      ByteBuffer head = ByteBuffer.wrap(bytes);
      if (bytes.length < 8 || head.getInt() != MAGIC || head.getInt() != sum(bytes, 8)) {
        return Map.of();
      }
      return entries(
          new DataInputStream(new ByteArrayInputStream(bytes, 8, bytes.length - 8)), runs, shared);
    } catch (IOException | RuntimeException _) {
      return Map.of();
    }
  }

  private static int sum(byte[] bytes, int from) {
    var crc = new CRC32C();
    crc.update(bytes, from, bytes.length - from);
    return (int) crc.getValue();
  }

  private static Map<String, RunEntry> entries(DataInputStream in, Path runs, SharedNames shared)
      throws IOException {
    var texts = new String[in.readInt()];
    for (int i = 0; i < texts.length; i++) {
      byte[] utf8 = new byte[in.readInt()];
      in.readFully(utf8);
      texts[i] = shared.text(new String(utf8, StandardCharsets.UTF_8));
    }
    var names = new String[in.readInt()][];
    for (int i = 0; i < names.length; i++) {
      var list = new ArrayList<String>();
      for (int left = in.readInt(); left > 0; left--) {
        list.add(texts[in.readInt()]);
      }
      names[i] = shared.names(List.copyOf(list));
    }
    var entries = new HashMap<String, RunEntry>();
    for (int left = in.readInt(); left > 0; left--) {
      String id = texts[in.readInt()];
      String recipe = texts[in.readInt()];
      String step = texts[in.readInt()];
      String stage = texts[in.readInt()];
      RunState state = RunState.values()[in.readByte()];
      long started = in.readLong();
      double seconds = in.readDouble();
      String error = texts[in.readInt()];
      String[] settings = names[in.readInt()];
      String[] values = new String[settings.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = texts[in.readInt()];
      }
      String[] metrics = names[in.readInt()];
      double[] last = new double[metrics.length];
      for (int i = 0; i < last.length; i++) {
        last[i] = in.readDouble();
      }
      var known = new NamedTexts(settings, values);
      var numbers = new NamedNumbers(metrics, last);
      Map<String, String> inputs = references(in, texts);
      Map<String, String> outputs = references(in, texts);
      entries.put(
          id,
          new RunEntry(
              id,
              id,
              runs.resolve(id),
              recipe,
              step,
              stage,
              state,
              started,
              seconds,
              error,
              known,
              numbers,
              inputs,
              outputs,
              in.readLong(),
              RunEntry.words(id, recipe, stage, error, known, outputs)));
    }
    return entries;
  }

  private static Map<String, String> references(DataInputStream in, String[] texts)
      throws IOException {
    var references = new LinkedHashMap<String, String>();
    for (int left = in.readInt(); left > 0; left--) {
      references.put(texts[in.readInt()], texts[in.readInt()]);
    }
    return references;
  }

  static void write(Path file, Collection<RunEntry> entries) {
    try {
      byte[] body = new Writing().body(entries);
      var head = ByteBuffer.allocate(8).putInt(MAGIC).putInt(sum(body, 0));
      AtomicFile.write(
          file,
          out -> {
            out.write(head.array());
            out.write(body);
          });
    } catch (EnvironmentException _) {
      // Whoever may only read does without.
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// The texts and names are known when the last entry is written; they come first in the file.
  private static final class Writing {
    private final Map<String, Integer> texts = new LinkedHashMap<>();
    private final Map<List<String>, Integer> names = new LinkedHashMap<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    private int text(String text) {
      return texts.computeIfAbsent(text, _ -> texts.size());
    }

    private int names(String[] of) {
      return names.computeIfAbsent(List.of(of), _ -> names.size());
    }

    byte[] body(Collection<RunEntry> entries) throws IOException {
      for (RunEntry entry : entries) {
        write(entry);
      }
      names.keySet().forEach(list -> list.forEach(this::text));
      var whole = new ByteArrayOutputStream();
      var first = new DataOutputStream(whole);
      first.writeInt(texts.size());
      for (String text : texts.keySet()) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        first.writeInt(utf8.length);
        first.write(utf8);
      }
      first.writeInt(names.size());
      for (List<String> list : names.keySet()) {
        first.writeInt(list.size());
        for (String name : list) {
          first.writeInt(text(name));
        }
      }
      first.writeInt(entries.size());
      bytes.writeTo(whole);
      return whole.toByteArray();
    }

    private void write(RunEntry run) throws IOException {
      out.writeInt(text(run.id()));
      out.writeInt(text(run.recipe()));
      out.writeInt(text(run.step()));
      out.writeInt(text(run.stage()));
      out.writeByte(run.state().ordinal());
      out.writeLong(run.started());
      out.writeDouble(run.seconds());
      out.writeInt(text(run.error()));
      out.writeInt(names(run.settings().names()));
      for (String value : run.settings().values()) {
        out.writeInt(text(value));
      }
      out.writeInt(names(run.last().names()));
      for (double value : run.last().values()) {
        out.writeDouble(value);
      }
      references(run.inputs());
      references(run.outputs());
      out.writeLong(run.heard());
    }

    private void references(Map<String, String> references) throws IOException {
      out.writeInt(references.size());
      for (Map.Entry<String, String> each : references.entrySet()) {
        out.writeInt(text(each.getKey()));
        out.writeInt(text(each.getValue()));
      }
    }
  }
}
