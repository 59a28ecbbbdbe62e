package dev.imago.tune;

import dev.imago.core.AtomicFile;
import dev.imago.core.Hashing;
import dev.imago.core.Run;
import dev.imago.tasks.Sequence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Supplier;

/// ln p of every answer for the model that tuning begins with, computed once and kept in the run's
/// scratch: 32 bytes that say of which model and which ids, then a double for each sequence,
/// big-endian. What is of another model or other ids is computed anew.
///
/// @param folder where they are kept
/// @param model names what they are of
record ReferenceLikelihoods(Path folder, String model) {
  private static final int HASH = 32;

  /// @param model names the base, and the adapter that training goes on with
  static ReferenceLikelihoods of(Run run, String model) {
    return new ReferenceLikelihoods(run.scratch(), model);
  }

  /// Those of some sequences.
  ///
  /// @param name of the part that they are of
  /// @param computed gives them, where they are not kept
  double[] of(String name, List<Sequence> sequences, Supplier<double[]> computed) {
    Path file = folder.resolve("reference-" + name + ".bin");
    byte[] hash = hash(sequences);
    double[] kept = read(file, hash, sequences.size());
    if (kept.length > 0) {
      return kept;
    }
    double[] values = computed.get();
    ByteBuffer bytes = ByteBuffer.allocate(HASH + values.length * Double.BYTES).put(hash);
    for (double value : values) {
      bytes.putDouble(value);
    }
    AtomicFile.write(file, out -> out.write(bytes.array()));
    return values;
  }

  private static double[] read(Path file, byte[] hash, int size) {
    if (!Files.exists(file)) {
      return new double[0];
    }
    try {
      byte[] all = Files.readAllBytes(file);
      ByteBuffer bytes = ByteBuffer.wrap(all);
      if (all.length != HASH + size * Double.BYTES
          || !ByteBuffer.wrap(hash).equals(bytes.slice(0, HASH))) {
        return new double[0];
      }
      double[] values = new double[size];
      bytes.position(HASH).asDoubleBuffer().get(values);
      return values;
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  private byte[] hash(List<Sequence> sequences) {
    MessageDigest digest = Hashing.sha256();
    digest.update(model.getBytes(StandardCharsets.UTF_8));
    for (Sequence one : sequences) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * (2 + one.ids().length + one.targets().length));
      bytes.putInt(one.ids().length);
      for (int id : one.ids()) {
        bytes.putInt(id);
      }
      bytes.putInt(one.targets().length);
      for (int target : one.targets()) {
        bytes.putInt(target);
      }
      digest.update(bytes.array());
    }
    return digest.digest();
  }
}
