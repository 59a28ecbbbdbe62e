package dev.imago.generate;

import dev.imago.model.Architectures;
import dev.imago.model.Calibration;
import dev.imago.model.Model;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelInput;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Readout;
import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.CacheType;
import dev.imago.tensor.CpuActivation;
import dev.imago.tensor.CpuBackend;
import dev.imago.tensor.CpuWeight;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.Gguf;
import dev.imago.tensor.KeyValues;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A model that tells something of whole texts, on the CPU: a class or a vector of each, a tag of
/// each token, where an answer begins and ends, or what belongs in a masked place. The weights stay
/// in their mapped file.
///
/// Thread-safe: steps take turns.
public final class Predictor implements OpenedModel {
  /// Tokens of a step, but for a text that is longer: enough for the products, and few enough that
  /// what a block computes stays near the processor.
  private static final int TOGETHER = 512;

  private final ModelFile file;
  private final CpuBackend backend;
  private final CacheBlocks blocks = new CacheBlocks(CacheType.F32);
  private final Model<CpuWeight> model;
  private final Readout readout;

  /// Ids of what stands before each text.
  private final int[] virtual;

  private Predictor(ModelFile file, CpuBackend backend, Readout readout) {
    this.file = file;
    this.readout = readout;
    this.backend = backend;
    this.model = file.shape().model(file);
    file.stand(backend);
    this.virtual = backend.virtualIds();
  }

  /// Opens what [LanguageModel#open] opens, whatever its last layer tells.
  ///
  /// @param threads that compute, at least 1
  /// @throws IOException when a file is missing or broken
  /// @throws IllegalArgumentException when the model is of a kind that is not supported
  public static Predictor open(Path path, int threads) throws IOException {
    ModelFile file = ModelFile.open(path);
    try {
      var backend = new CpuBackend(threads);
      try {
        return of(path, file, backend);
      } catch (IOException | RuntimeException e) {
        backend.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /// @param file which is closed with it
  /// @param backend likewise
  static Predictor of(Path path, ModelFile file, CpuBackend backend) throws IOException {
    return new Predictor(
        file, backend, new Readout(Calibration.read(path), file.transitions(), file.biaffine()));
  }

  /// What its scores are divided by before a softmax.
  public Calibration calibration() {
    return readout.calibration();
  }

  /// How its scores become what is told.
  public Readout readout() {
    return readout;
  }

  /// The model's shape; [ModelShape#output] says what the scores are of.
  public ModelShape shape() {
    return file.shape();
  }

  /// What the model in a folder or file tells.
  ///
  /// @throws IOException when a file is missing
  /// @throws IllegalArgumentException when the model is of a kind that is not supported
  public static Output tells(Path path) throws IOException {
    Path config = path.resolve("config.json");
    boolean folder = Files.isRegularFile(config) && !Files.exists(path.resolve("model.gguf"));
    return folder ? Architectures.read(Files.readString(config)).output() : ofGguf(path);
  }

  /// Of a file that cannot run here, the next token: who opens it tells why.
  private static Output ofGguf(Path path) throws IOException {
    Path inside = path.resolve("model.gguf");
    if (Files.isDirectory(path) && !Files.exists(inside)) {
      throw ModelFile.none(path);
    }
    try (Gguf gguf = Gguf.open(Files.isDirectory(path) ? inside : path)) {
      return Architectures.read(gguf.metadata(), gguf.tensors()).output();
    } catch (IllegalArgumentException e) {
      return new Output.NextToken();
    }
  }

  /// What the model says of itself.
  public ModelCard card() {
    return file.card();
  }

  /// When the model was made, as far as its file tells.
  public Instant written() {
    return file.written();
  }

  public Tokenizer tokenizer() {
    return file.tokenizer();
  }

  /// The scores before the softmax.
  ///
  /// @param sequences each of 1 … context ids
  /// @return of each sequence its rows: one for all of it where the output is of classes or an
  ///   embedding, else one for each token
  public List<float[][]> scores(List<int[]> sequences) {
    return read(sequences.stream().map(ModelInput::of).toList());
  }

  /// The scores before the softmax.
  ///
  /// @param inputs each of 1 … context ids
  /// @return as [#scores] does
  /// @throws NotFiniteException where one is no number
  public List<float[][]> read(List<ModelInput> inputs) {
    var to = new ArrayList<float[][]>();
    int from = 0;
    int tokens = 0;
    for (int i = 0; i < inputs.size(); i++) {
      int length = inputs.get(i).length();
      if (length < 1 || length > shape().context()) {
        throw new IllegalArgumentException(
            "%d ids are not 1 … %d (the context): cut the text"
                .formatted(length, shape().context()));
      }
      if (i > from && tokens + virtual.length + length > TOGETHER) {
        together(inputs.subList(from, i), tokens, to);
        from = i;
        tokens = 0;
      }
      tokens += virtual.length + length;
    }
    if (tokens > 0) {
      together(inputs.subList(from, inputs.size()), tokens, to);
    }
    return to;
  }

  /// In one step.
  ///
  /// @param total tokens
  private void together(List<ModelInput> inputs, int total, List<float[][]> to) {
    int[] ids = new int[total];
    int[] segments = new int[total];
    KeyValues[] of = new KeyValues[total];
    int at = 0;
    for (ModelInput input : inputs) {
      int length = virtual.length + input.length();
      System.arraycopy(virtual, 0, ids, at, virtual.length);
      System.arraycopy(input.ids(), 0, ids, at + virtual.length, input.length());
      System.arraycopy(input.segments(), 0, segments, at + virtual.length, input.segments().length);
      var kept = new KeyValues(shape().layers(), length, new int[0], blocks);
      Arrays.fill(of, at, at + length, kept);
      at += length;
    }
    boolean whole = shape().output().ofSequences();
    synchronized (this) {
      try {
        var ops = backend.passingStep(new ForwardBatch(ids, of, segments), TOGETHER);
        CpuActivation all = model.logits(ops, model.hidden(ops));
        int row = 0;
        for (ModelInput input : inputs) {
          float[][] rows = new float[whole ? 1 : input.length()][];
          row += whole ? 0 : virtual.length;
          for (int i = 0; i < rows.length; i++) {
            rows[i] = finite(all.row(row++));
          }
          to.add(rows);
        }
      } finally {
        for (KeyValues kept : of) {
          kept.close();
        }
      }
    }
  }

  private static float[] finite(float[] scores) {
    for (float score : scores) {
      if (!Float.isFinite(score)) {
        throw new NotFiniteException(score);
      }
    }
    return scores;
  }

  @Override
  public synchronized void close() {
    backend.close();
    blocks.close();
    file.close();
  }
}
