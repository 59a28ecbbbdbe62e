// Past 400 lines: one group of settings: each checked, and compared with an adapter on disk.
package dev.imago.training;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Formerly;
import dev.imago.core.Unwrapped;
import dev.imago.model.AdapterChange;
import dev.imago.model.AdapterConfig;
import dev.imago.model.BottleneckConfig;
import dev.imago.model.ModelShape;
import dev.imago.model.Parameter;
import dev.imago.tensor.DataType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// What trains in the place of a model's own weights: a small part that changes them.
///
/// @param kind of it; a rank alone means `lora`
/// @param rank of low-rank additions, or the width of bottlenecks; 0 for the usual: 8, or a
///   sixteenth of the model's width
/// @param alpha by which they count, divided by the rank
/// @param rsLora whether it is divided by the root of the rank. Kalajdzievski 2023,
///   arXiv:2312.03732
/// @param dropout of their inputs
/// @param targets linear layers that are changed: ends of their modules' names, `*` for any text;
///   none for all of the blocks, or of `ia3` for keys, values and what leaves a feed-forward
/// @param parts ranks and alphas that some modules have otherwise, and tokens that train beside
/// @param trained modules that train whole beside, named likewise
/// @param bias which biases train beside
/// @param base how the frozen matrices of the blocks are held: in blocks they take a quarter of the
///   memory or an eighth, and are expanded for each product. Dettmers et al. 2023, arXiv:2305.14314
///   (QLoRA)
/// @param rate times the learning rate, of what is added
/// @param rateOfB times that, of the matrices that begin at 0. Hayou et al. 2024, arXiv:2402.12354
///   (LoRA+)
/// @param virtualTokens that stand before each text, of `prompt` and `prefix`; 0 for the usual
/// @param merge whether merged weights come out, the adapter beside them; else the adapter alone
public record AdapterSettings(
    Kind kind,
    @Formerly(value = "loraRank", outside = true) int rank,
    @Formerly(value = "loraAlpha", outside = true) double alpha,
    boolean rsLora,
    double dropout,
    List<String> targets,
    @Unwrapped AdapterParts parts,
    List<String> trained,
    Biases bias,
    BasePrecision base,
    double rate,
    double rateOfB,
    int virtualTokens,
    boolean merge) {
  private static final int USUAL_RANK = 8;
  private static final int USUAL_VIRTUAL_TOKENS = 20;

  /// AdapterHub's usual `reduction_factor`.
  private static final int REDUCTION = 16;

  private static final double USUAL_ALPHA = 16;

  /// What is reported to suit where a full fine-tuning's rate is given; not yet compared here.
  private static final double USUAL_RATE = 10;

  /// All weights train.
  public static final AdapterSettings NONE = of(Kind.NONE, 0, USUAL_ALPHA);

  /// What is added, and where.
  public enum Kind {
    /// Nothing: all weights train.
    NONE,
    /// Low-rank additions that begin at 0. Hu et al. 2021, arXiv:2106.09685.
    LORA,
    /// With lengths of rows beside them. Liu et al. 2024, arXiv:2402.09353.
    DORA,
    /// That begin as the weight's largest singular values. Meng et al. 2024, arXiv:2404.02948.
    PISSA,
    /// Factors of keys, values and feed-forwards. Liu et al. 2022, arXiv:2205.05638.
    IA3,
    /// Biases alone. Ben Zaken et al. 2021, arXiv:2106.10199.
    BITFIT,
    /// Embeddings before each text. Lester et al. 2021, arXiv:2104.08691.
    PROMPT,
    /// Keys and values before each text, in each layer. Li & Liang 2021, arXiv:2101.00190.
    PREFIX,
    /// Small networks behind what leaves attention and feed-forward. Houlsby et al. 2019,
    /// arXiv:1902.00751.
    BOTTLENECK;

    /// Whether it stands before each text, and changes no weight.
    public boolean virtual() {
      return this == PROMPT || this == PREFIX;
    }

    /// Whether weights can hold it.
    public boolean merges() {
      return !virtual() && this != BOTTLENECK;
    }

    /// Whether it is made of low-rank additions.
    public boolean lowRank() {
      return this == LORA || this == DORA || this == PISSA;
    }
  }

  /// Which biases train.
  public enum Biases {
    NONE,
    ALL,
    /// Of the layers that are changed.
    ADAPTED
  }

  /// How frozen matrices are held.
  public enum BasePrecision {
    F32(DataType.F32),
    Q8_0(DataType.Q8_0),
    Q4_0(DataType.Q4_0);

    private final DataType type;

    BasePrecision(DataType type) {
      this.type = type;
    }

    DataType type() {
      return type;
    }

    /// Bytes of a number.
    public double bytes() {
      return (double) type.blockBytes() / type.blockSize();
    }
  }

  public AdapterSettings {
    Bounds.whole("rank", rank, 0, 1024);
    Bounds.number("alpha", alpha, 1e-3, 1024, "16 is usual");
    Bounds.number("dropout", dropout, 0, 0.9, "0 … 0.1 are usual");
    Bounds.number("rate", rate, 1e-3, 1000, "10 is usual, 1 for that of all weights");
    Bounds.number("rateOfB", rateOfB, 0.01, 1000, "1 … 16 are usual");
    Bounds.whole("virtualTokens", virtualTokens, 0, 4096, "20 … 100 are usual");
    kind = kind == Kind.NONE && rank > 0 ? Kind.LORA : kind;
    targets = List.copyOf(targets);
    trained = List.copyOf(trained);
    if (!kind.lowRank()) {
      refuse("rank", rank, rank != 0 && kind != Kind.BOTTLENECK, kind);
      refuse("alpha", alpha, alpha != USUAL_ALPHA, kind);
      refuse("rsLora", rsLora, rsLora, kind);
      refuse("dropout", dropout, dropout != 0, kind);
      refuse("rateOfB", rateOfB, rateOfB != 1, kind);
      refuse("rankPattern", parts.rankPattern(), !parts.rankPattern().isEmpty(), kind);
      refuse("tokens", parts.tokens(), !parts.tokens().isEmpty(), kind);
      refuse("alphaPattern", parts.alphaPattern(), !parts.alphaPattern().isEmpty(), kind);
    }
    if (kind == Kind.NONE) {
      refuse("base", base.name().toLowerCase(Locale.ROOT), base != BasePrecision.F32, kind);
      refuse("trained", trained, !trained.isEmpty(), kind);
    }
    if (!kind.virtual()) {
      refuse("virtualTokens", virtualTokens, virtualTokens != 0, kind);
    }
    if (kind == Kind.BOTTLENECK && merge) {
      throw new ConfigException(
          "kind = bottleneck stands behind linear layers, and weights cannot hold what is not"
              + " linear; set merge = false: the adapter alone comes out");
    }
    if (kind.virtual() && merge) {
      throw new ConfigException(
          "kind = %s stands before each text, and weights cannot hold it; set merge = false: the adapter alone comes out"
              .formatted(kind.name().toLowerCase(Locale.ROOT)));
    }
    if (kind == Kind.NONE || kind == Kind.BITFIT || !kind.merges()) {
      refuse("targets", targets, !targets.isEmpty(), kind);
    }
    if (!kind.lowRank()) {
      refuse("bias", bias, bias != Biases.NONE, kind);
    }
    if (kind == Kind.BITFIT) {
      // Its biases are the model's own, and learn at the rate of all weights.
      refuse("rate", rate, rate != USUAL_RATE && rate != 1, kind);
    }
    if (kind == Kind.BITFIT && !merge) {
      throw new ConfigException(
          "merge = false leaves an adapter in PEFT's form, which has none for kind = bitfit; leave"
              + " it out");
    }
  }

  private static void refuse(String name, Object value, boolean set, Kind kind) {
    if (set) {
      throw new ConfigException(
          "%s = %s has no meaning where kind = %s; give kind = lora, say, or leave it out"
              .formatted(name, value, kind.name().toLowerCase(Locale.ROOT)));
    }
  }

  /// Refuses what is said of an adapter where there is none.
  ///
  /// @throws ConfigException naming it
  public void checkUsed() {
    if (!used()) {
      refuse("tune.adapter.rate", rate, rate != USUAL_RATE, kind);
      refuse("tune.adapter.merge", merge, !merge, kind);
    }
  }

  /// The rate of what is added, in words, to be told before training: one that was meant for it is
  /// easily given for all weights.
  ///
  /// @param learningRate of all weights, at its peak
  /// @return none where nothing is added
  public Optional<String> words(double learningRate) {
    if (!used() || kind == Kind.BITFIT) {
      return Optional.empty();
    }
    // A product of doubles has digits that nobody gave.
    float added = (float) (learningRate * rate);
    String ofB =
        rateOfB == 1
            ? ""
            : ", its B at %s (tune.adapter.rateOfB = %s)"
                .formatted((float) (learningRate * rate * rateOfB), rateOfB);
    return Optional.of(
        "what the adapter adds learns at %s, tune.learningRate = %s times tune.adapter.rate = %s%s"
            .formatted(added, learningRate, rate, ofB));
  }

  /// One with everything else as usual.
  public static AdapterSettings of(Kind kind, int rank, double alpha) {
    return new AdapterSettings(
        kind,
        rank,
        alpha,
        false,
        0,
        List.of(),
        AdapterParts.NONE,
        List.of(),
        Biases.NONE,
        BasePrecision.F32,
        USUAL_RATE,
        1,
        0,
        kind.merges());
  }

  /// Those of an adapter on disk, but for the tokens that it has: their names are a tokenizer's.
  ///
  /// @param changes what it makes of the model's parameters
  /// @throws IllegalArgumentException naming what of it cannot train on
  public static AdapterSettings of(AdapterConfig config, Map<String, AdapterChange> changes) {
    var targets = new TreeSet<String>();
    var trained = new TreeSet<String>();
    var ranks = new TreeMap<String, Integer>();
    var alphas = new TreeMap<String, Double>();
    boolean bias = config.bias() != AdapterConfig.Bias.NONE;
    changes.forEach(
        (name, change) -> {
          if (change instanceof AdapterChange.Rows) {
            return;
          }
          boolean whole = change instanceof AdapterChange.Replaced;
          if (whole ? !(bias && name.endsWith(".bias")) : name.endsWith(".weight")) {
            (whole ? trained : targets).add(AdapterTargets.module(name));
          }
          if (change instanceof AdapterChange.LowRank low) {
            int rank = (int) low.down().shape()[0];
            double alpha = low.scale() * (config.rankStabilised() ? Math.sqrt(rank) : rank);
            if (rank != config.rank()) {
              ranks.put(AdapterTargets.module(name), rank);
            }
            if (Math.abs(alpha - config.alpha()) > 1e-9 * alpha) {
              alphas.put(AdapterTargets.module(name), alpha);
            }
          }
        });
    boolean lowRank = config.method() == AdapterConfig.Method.LORA;
    Kind kind =
        switch (config.method()) {
          case LORA -> config.magnitudes() ? Kind.DORA : Kind.LORA;
          case IA3 -> Kind.IA3;
          case PROMPT_TUNING -> Kind.PROMPT;
          case PREFIX_TUNING -> Kind.PREFIX;
          case BOTTLENECK -> Kind.BOTTLENECK;
        };
    return new AdapterSettings(
        kind,
        lowRank || kind == Kind.BOTTLENECK ? config.rank() : 0,
        lowRank ? config.alpha() : USUAL_ALPHA,
        config.rankStabilised(),
        lowRank ? config.dropout() : 0,
        List.copyOf(targets),
        new AdapterParts(ranks, alphas, List.of()),
        List.copyOf(trained),
        switch (config.bias()) {
          case NONE -> Biases.NONE;
          case ALL -> Biases.ALL;
          case LORA_ONLY -> Biases.ADAPTED;
        },
        BasePrecision.F32,
        USUAL_RATE,
        1,
        config.virtual().map(AdapterConfig.Virtual::tokens).orElse(0),
        kind.merges());
  }

  /// This adapter, which trains (base, dropout, rates) and comes out as another's settings say.
  ///
  /// @throws ConfigException where they name another adapter, or something that this one has
  ///   otherwise
  public AdapterSettings trainingAs(AdapterSettings other) {
    if (other.used() && (other.kind != kind || other.rank != 0 && other.rank != rank())) {
      throw new ConfigException(
          "tune.adapter is of kind = %s and rank = %d, and the adapter to go on with of %s and %d; leave them out"
              .formatted(
                  other.kind.name().toLowerCase(Locale.ROOT),
                  other.rank(),
                  kind.name().toLowerCase(Locale.ROOT),
                  rank()));
    }
    fixed("alpha", alpha, other.alpha, USUAL_ALPHA);
    fixed("rsLora", rsLora, other.rsLora, false);
    fixed("targets", targets, other.targets, List.of());
    fixed(
        "rankPattern",
        parts.rankPattern(),
        other.parts.rankPattern(),
        AdapterParts.NONE.rankPattern());
    fixed(
        "alphaPattern",
        parts.alphaPattern(),
        other.parts.alphaPattern(),
        AdapterParts.NONE.alphaPattern());
    fixed("tokens", parts.tokens(), other.parts.tokens(), List.of());
    fixed("trained", trained, other.trained, List.of());
    fixed("bias", bias, other.bias, Biases.NONE);
    fixed("virtualTokens", virtualTokens, other.virtualTokens, 0);
    return new AdapterSettings(
        kind,
        rank,
        alpha,
        rsLora,
        other.dropout == 0 ? dropout : other.dropout,
        targets,
        parts,
        trained,
        bias,
        other.base,
        other.rate,
        kind.lowRank() ? other.rateOfB : 1,
        virtualTokens,
        other.merge && kind.merges());
  }

  /// Refuses what is said of an adapter that has it otherwise; the usual counts as not said.
  private static void fixed(String name, Object own, Object said, Object usual) {
    if (!said.equals(usual) && !said.equals(own)) {
      throw new ConfigException(
          "tune.adapter.%s = %s, and the adapter to go on with has %s; leave it out"
              .formatted(name, said, own));
    }
  }

  /// Of low-rank additions; the usual one where none was said.
  @Override
  public int rank() {
    return kind.lowRank() && rank == 0 ? USUAL_RANK : rank;
  }

  /// Before each text; the usual ones where none were said.
  @Override
  public int virtualTokens() {
    return kind.virtual() && virtualTokens == 0 ? USUAL_VIRTUAL_TOKENS : virtualTokens;
  }

  /// Whether the model's own matrices stay as they are.
  public boolean used() {
    return kind != Kind.NONE;
  }

  /// With the tokens that train beside, by name.
  public AdapterSettings withTokens(List<String> tokens) {
    return new AdapterSettings(
        kind,
        rank,
        alpha,
        rsLora,
        dropout,
        targets,
        new AdapterParts(parts.rankPattern(), parts.alphaPattern(), tokens),
        trained,
        bias,
        base,
        rate,
        rateOfB,
        virtualTokens,
        merge);
  }

  /// The highest rank of all modules.
  public int largestRank() {
    return parts.rankPattern().values().stream().reduce(rank(), Math::max);
  }

  /// How many numbers train in a model in the place of its own: those that are added to linear
  /// layers, and of modules and tokens that train whole.
  public long trains(ModelShape shape) {
    long numbers = (long) parts.tokens().size() * shape.width();
    for (Parameter p : shape.parameters()) {
      String module = AdapterTargets.module(p);
      if (fits(trained, module)) {
        numbers += p.size();
      } else if (kind == Kind.BOTTLENECK && BottleneckConfig.before(p.name()).isPresent()) {
        numbers += bottleneck(shape.width()) * (2L * p.rows() + 1) + p.rows();
      } else if (kind.lowRank() && p.adaptable() && (targets.isEmpty() || fits(targets, module))) {
        numbers += rank(module) * ((long) p.rows() + p.columns());
      }
    }
    return numbers;
  }

  private static boolean fits(List<String> patterns, String module) {
    return patterns.stream().anyMatch(each -> AdapterTargets.matching(each).test(module));
  }

  /// Of what is added to a module.
  int rank(String module) {
    return parts.rank(module).orElse(rank());
  }

  /// The width of a bottleneck.
  ///
  /// @param width of the model
  /// @throws ConfigException for one that the file's form cannot say
  public int bottleneck(int width) {
    int own = rank == 0 ? Math.max(1, width / REDUCTION) : rank;
    if (width % own != 0) {
      throw new ConfigException(
          "tune.adapter.rank = %d does not divide the model's width, %d, and AdapterHub's files say by what it is divided (reduction_factor); take %d"
              .formatted(own, width, nearest(own, width)));
    }
    return own;
  }

  private static int nearest(int rank, int width) {
    int to = Math.min(rank, width);
    while (width % to != 0) {
      to--;
    }
    return to;
  }

  /// By how much what is added to a module counts, before it is divided.
  double alpha(String module) {
    return parts.alpha(module).orElse(alpha);
  }

  /// By how much what is added to a module counts.
  double scale(String module) {
    int own = rank(module);
    return alpha(module) / (rsLora ? Math.sqrt(own) : own);
  }
}
