// Past 400 lines: all that may be asked of an opened model, under its one lock.
package dev.imago.generate;

import dev.imago.constraints.Grammar;
import dev.imago.constraints.TokenConstraint;
import dev.imago.constraints.TokenTrie;
import dev.imago.model.Form;
import dev.imago.model.Model;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.templates.ChatMessage;
import dev.imago.templates.ChatTemplate;
import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.CacheType;
import dev.imago.tensor.CpuActivation;
import dev.imago.tensor.CpuBackend;
import dev.imago.tensor.CpuOperations;
import dev.imago.tensor.CpuWeight;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.KernelWarmup;
import dev.imago.tensor.KeyValues;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A model and its tokenizer, ready to compute on the CPU. The weights stay in their mapped file.
///
/// Thread-safe: steps take turns.
public final class LanguageModel implements OpenedModel {
  /// Tokens of one step of [#logProbabilities]: enough to reuse each weight well.
  private static final int WINDOW = 128;

  /// How long [#warmUp] goes on.
  private static final long WARM_NANOS = 1_000_000_000L;

  private final ModelFile file;
  private final Model<CpuWeight> model;
  private final CpuBackend backend;
  private final Prompts prompts;

  /// Ids of what stands before each text.
  private final int[] virtual;

  private final CacheBlocks blocks = new CacheBlocks(CacheType.F32);
  private final Object turn = new Object();
  private @Nullable Thread warming;
  private @Nullable TokenTrie tokens;
  private volatile boolean closed;

  /// @param file which is closed with it
  /// @param backend likewise
  LanguageModel(ModelFile file, CpuBackend backend) {
    this.file = file;
    this.backend = backend;
    if (!(file.shape().output() instanceof Output.NextToken)) {
      throw new IllegalArgumentException(
          "a %s with a head for %s does not continue text; a causal language model does"
              .formatted(file.shape().architecture(), file.shape().output().words()));
    }
    this.model = file.shape().model(file);
    this.prompts = prompts(file.chatTemplate(), file.stopIds());
    file.stand(backend);
    this.virtual = backend.virtualIds();
  }

  /// Opens a `.gguf` file, a folder that holds `model.gguf`, or a Hugging Face folder
  /// (`config.json`, `model.safetensors` or its shards, `tokenizer.json`).
  ///
  /// @param threads that compute, at least 1; at most as many as there are cores
  /// @throws IOException when a file is missing or broken: the message names it, and the offset
  /// @throws IllegalArgumentException when the model is of a kind that is not supported, or a file
  ///   of the tokenizer is broken
  /// @throws IllegalStateException when the JVM was started without the Vector API
  public static LanguageModel open(Path path, int threads) throws IOException {
    var backend = new CpuBackend(threads);
    try {
      ModelFile file = ModelFile.open(path);
      try {
        return new LanguageModel(file, backend);
      } catch (RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  /// Begins to make the kernels of this model fast, beside whatever the caller does next: a program
  /// that opens a model and then starts a server answers its first request sooner. For a second at
  /// most, and no longer than the model is open.
  ///
  /// @param type in which keys and values will be kept
  public void warmUp(CacheType type) {
    var kernels = new KernelWarmup(file.matrices(), type);
    long end = System.nanoTime() + WARM_NANOS;
    synchronized (turn) {
      if (warming == null && !closed) {
        warming =
            Thread.ofPlatform()
                .daemon()
                .name("imago-warm-up")
                .start(() -> kernels.run(() -> closed || System.nanoTime() - end > 0));
      }
    }
  }

  /// What the model's files say of it, as [#open] reads them; nothing of a model that is of no
  /// supported kind.
  public static ModelCard card(Path path) throws IOException {
    try (ModelFile file = ModelFile.open(path)) {
      return file.card();
    } catch (IllegalArgumentException e) {
      return ModelCard.named("");
    }
  }

  /// What the model's files say of it.
  public ModelCard card() {
    return file.card();
  }

  /// When the model's file was written: its date, as far as a file has one.
  public Instant written() {
    return file.written();
  }

  public Tokenizer tokenizer() {
    return file.tokenizer();
  }

  /// The UTF-8 bytes of each id, [V]; 0 for special ones and for ids that the tokenizer has not.
  public int[] tokenBytes() {
    Tokenizer tokenizer = tokenizer();
    int[] bytes = new int[Math.max(config().vocabularySize(), tokenizer.vocabularySize())];
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      bytes[id] = tokenizer.special(id) ? 0 : tokenizer.bytes(id).length;
    }
    return bytes;
  }

  /// A constraint on this model's answers, for any number of requests; the same for the same
  /// grammar asked again costs what it has found out anew, so keep it.
  ///
  /// @throws dev.imago.constraints.ConstraintException for what this vocabulary cannot write
  public TokenConstraint constrain(Grammar grammar) {
    TokenTrie trie;
    synchronized (turn) {
      trie = tokens;
      if (trie == null) {
        trie = TokenTrie.of(tokenizer());
        tokens = trie;
      }
    }
    return trie.constrain(grammar);
  }

  /// The model's own template; a plain one where its files have none.
  public ChatTemplate chatTemplate() {
    return file.chatTemplate();
  }

  /// How text becomes this model's prompt.
  public Prompts prompts() {
    return prompts;
  }

  /// How text becomes a prompt of an adapter that has a template and ends of its own.
  Prompts prompts(ChatTemplate template, Set<Integer> stopIds) {
    return new Prompts(file.tokenizer(), template, stopIds);
  }

  /// A request that this text be gone on with.
  public Request request(String text, Sampling sampling) {
    return new Request(prompts.text(text, true), sampling, true);
  }

  /// A request that this conversation be answered.
  public Request request(List<ChatMessage> conversation, Sampling sampling) {
    return new Request(prompts.chat(conversation), sampling);
  }

  public ModelShape config() {
    return file.shape();
  }

  /// How the matrices are stored: `F32`, `F16`, `Q8_0`, `Q4_K` …
  public String format() {
    return file.format();
  }

  /// The id that ends a document, and begins an unconditioned one.
  public int endOfText() {
    return file.endOfText();
  }

  /// The ids at which an answer ends; [#endOfText] among them.
  public Set<Integer> stopIds() {
    return file.stopIds();
  }

  /// Bytes of weights: what a decoding step reads.
  public long weightBytes() {
    return file.weightBytes();
  }

  /// ln p(ids[i + 1] | ids[0 … i]) for each i: one fewer than ids. At most one id more than the
  /// model's context.
  public float[] logProbabilities(int[] ids) {
    if (ids.length < 2 || ids.length - 1 > config().context()) {
      throw new IllegalArgumentException(
          "%d ids are not 2 … %d (the context and one): cut the text"
              .formatted(ids.length, config().context() + 1));
    }
    if (config().decoderStart().isPresent()) {
      throw new IllegalArgumentException(
          "a %s answers a source, and tells no probability of a text alone"
              .formatted(config().architecture()));
    }
    float[] to = new float[ids.length - 1];
    try (KeyValues cache = begun(to.length)) {
      for (int from = 0; from < to.length; from += WINDOW) {
        score(cache, ids, from, to);
      }
    }
    return to;
  }

  private void score(KeyValues cache, int[] ids, int from, float[] to) {
    int last = Math.min(to.length, from + WINDOW);
    CpuActivation scores = step(ForwardBatch.of(cache, Arrays.copyOfRange(ids, from, last)));
    float[] normalizers = logSumExp(scores);
    for (int i = from; i < last; i++) {
      int target = ids[i + 1];
      if (target < 0 || target >= scores.columns()) {
        throw new IllegalArgumentException(
            "token id %d is not in 0 … %d".formatted(target, scores.columns() - 1));
      }
      to[i] = scores.data()[(i - from) * scores.columns() + target] - normalizers[i - from];
    }
  }

  /// ln Σ exp of each row.
  float[] logSumExp(CpuActivation scores) {
    synchronized (turn) {
      return backend.logSumExp(scores);
    }
  }

  /// The matrices that inputs are multiplied with, and what each is stacked of.
  Map<CpuWeight, List<Parameter>> products() {
    var to = new LinkedHashMap<CpuWeight, List<Parameter>>();
    for (CpuWeight matrix : file.matrices()) {
      List<Parameter> parts = file.parts(matrix);
      if (matrix == model.head().weight() || parts.stream().allMatch(Parameter::adaptable)) {
        to.put(matrix, parts);
      }
    }
    return to;
  }

  /// Where it lies, if it is a Hugging Face folder.
  Optional<Path> folder() {
    return file.folder();
  }

  /// The order of rows that the weights have.
  Form form() {
    return file.form();
  }

  /// From now on, sums up the squares of what the linear layers are given.
  public InputSquares watch() {
    var squares = new InputSquares();
    synchronized (turn) {
      backend.watch((weight, x) -> squares.add(file.parts(weight), x));
    }
    return squares;
  }

  /// From now on, scores are those of the model's ONNX graph in bytes: it is a window of 128 tokens
  /// whose range a product's input is rounded by, where ONNX takes a batch.
  public void roundAsOnnx() {
    synchronized (turn) {
      backend.roundAsOnnx();
    }
  }

  /// What an approximation of this model loses, in nats: Σ p ln (p / q) over all tokens that may
  /// follow ids[0 … i], for each i but the last; p of this model, q of the other.
  ///
  /// @param ids 2 … context and one
  public float[] divergences(LanguageModel other, int[] ids) {
    float[] to = new float[ids.length - 1];
    try (KeyValues cache = begun(to.length);
        KeyValues otherCache = other.begun(to.length)) {
      for (int from = 0; from < to.length; from += WINDOW) {
        int[] some = Arrays.copyOfRange(ids, from, Math.min(to.length, from + WINDOW));
        CpuActivation p = step(ForwardBatch.of(cache, some));
        CpuActivation q = other.step(ForwardBatch.of(otherCache, some));
        synchronized (turn) {
          float[] pNormalizers = backend.logSumExp(p);
          float[] qNormalizers = backend.logSumExp(q);
          for (int i = 0; i < some.length; i++) {
            to[from + i] = divergence(p, q, i, pNormalizers[i], qNormalizers[i]);
          }
        }
      }
    }
    return to;
  }

  private static float divergence(
      CpuActivation p, CpuActivation q, int row, float pAll, float qAll) {
    double sum = 0;
    int at = row * p.columns();
    for (int i = at; i < at + p.columns(); i++) {
      double log = p.data()[i] - pAll;
      sum += Math.exp(log) * (log - (q.data()[i] - qAll));
    }
    return (float) sum;
  }

  /// Bytes of keys and values of one answer to a prompt.
  ///
  /// @param prompt tokens of it
  /// @param most tokens of the answer
  long cacheBytes(CacheType type, int prompt, int most) {
    int layers = config().layers();
    int width = config().keyWidth();
    return config().decoderStart().isPresent()
        ? CacheBlocks.bytes(type, layers, width, prompt)
            + CacheBlocks.bytes(type, layers, width, 1 + most)
        : CacheBlocks.bytes(type, layers, width, virtual.length + prompt + most);
  }

  /// Bytes of keys and values of a prompt and answer of so many tokens together.
  public long cacheBytes(CacheType type, int tokens) {
    // A prompt and an answer in blocks of their own may need one more each.
    boolean apart = config().decoderStart().isPresent();
    return CacheBlocks.bytes(
        type,
        config().layers(),
        config().keyWidth(),
        apart ? tokens + 2 * CacheBlocks.TOKENS : virtual.length + tokens);
  }

  /// The longest prompt and answer together that a budget has room for, at most the model's
  /// context; 0 where there is none for any.
  ///
  /// @throws IllegalArgumentException for a type that cannot keep what this model does
  public int longestContext(CacheBudget budget) {
    return longestContext(budget, Optional.empty());
  }

  /// The same beside a draft model, which keeps keys and values of its own within the budget.
  public int longestContext(CacheBudget budget, Optional<LanguageModel> draft) {
    CacheType type = budget.type();
    type.check(config().keyHeadWidth());
    int fits = 0;
    int over = config().context() + 1;
    while (over - fits > 1) {
      int tried = (fits + over) >>> 1;
      if (cacheBytes(type, tried) + draft.map(d -> d.cacheBytes(type, tried)).orElse(0L)
          <= budget.bytes()) {
        fits = tried;
      } else {
        over = tried;
      }
    }
    return fits;
  }

  /// An empty sequence that will hold an answer to a prompt: after it, or for an encoder-decoder,
  /// which reads the prompt as a source, on its own.
  KeyValues cache(int[] prompt, int most) {
    return cache(prompt, most, blocks);
  }

  /// @param from where its memory is from
  KeyValues cache(int[] prompt, int most, CacheBlocks from) {
    return config().decoderStart().isPresent()
        ? new KeyValues(config().layers(), 1 + most, prompt, from)
        : new KeyValues(config().layers(), virtual.length + prompt.length + most, new int[0], from);
  }

  /// The tokens that the model sees first of a prompt.
  int[] beginning(int[] prompt) {
    OptionalInt start = config().decoderStart();
    return start.isPresent()
        ? new int[] {start.getAsInt()}
        : IntStream.concat(Arrays.stream(virtual), Arrays.stream(prompt)).toArray();
  }

  /// How many tokens of [#beginning] stand before the prompt, and are none of a vocabulary.
  int virtualTokens() {
    return virtual.length;
  }

  /// A sequence that holds what stands before each text, and nothing else.
  private KeyValues begun(int limit) {
    KeyValues cache = cache(virtual.length + limit);
    if (virtual.length > 0) {
      step(ForwardBatch.of(cache, virtual), 0);
    }
    return cache;
  }

  /// An empty sequence.
  KeyValues cache(int limit) {
    return new KeyValues(config().layers(), limit, new int[0], blocks);
  }

  /// Runs a step; gives the scores [rows,V] of what follows each of its tokens, or the chosen ones.
  CpuActivation step(ForwardBatch batch, int... rows) {
    synchronized (turn) {
      return passing(batch, rows).copy();
    }
  }

  /// The same, into arrays that are there.
  ///
  /// @param rows at least one
  /// @param into an array [V] for each row; what is of another length is made anew
  void step(ForwardBatch batch, int[] rows, float[][] into) {
    synchronized (turn) {
      CpuActivation scores = passing(batch, rows);
      int columns = scores.columns();
      for (int i = 0; i < rows.length; i++) {
        if (into[i] == null || into[i].length != columns) {
          into[i] = new float[columns];
        }
        System.arraycopy(scores.data(), i * columns, into[i], 0, columns);
      }
    }
  }

  /// What stands until the next step alone.
  private CpuActivation passing(ForwardBatch batch, int[] rows) {
    CpuOperations ops = backend.passingStep(batch);
    CpuActivation hidden = model.hidden(ops);
    batch.commit();
    return isAll(rows, batch.size())
        ? model.logits(ops, hidden)
        : model.logits(ops.rows(rows), hidden.rows(rows));
  }

  private static boolean isAll(int[] rows, int size) {
    boolean all = rows.length == size || rows.length == 0;
    for (int i = 0; i < rows.length && all; i++) {
      all = rows[i] == i;
    }
    return all;
  }

  @Override
  public void close() {
    closed = true;
    synchronized (turn) {
      while (warming != null && warming.isAlive()) {
        try {
          warming.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          break; // its next look at the file fails, and ends it
        }
      }
      backend.close();
      blocks.close();
      file.close();
    }
  }
}
