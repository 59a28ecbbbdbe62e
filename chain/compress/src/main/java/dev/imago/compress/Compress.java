package dev.imago.compress;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.GgufWeights;
import dev.imago.data.HeldOutLoss;
import dev.imago.data.HeldOutText;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.generate.GgufExport;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.ModelCheck;
import dev.imago.generate.Speed;
import dev.imago.model.Architectures;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelCardText;
import dev.imago.model.ModelShape;
import dev.imago.tensor.BrokenFileException;
import dev.imago.tensor.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Writes a model as GGUF in F16 and in Q8_0, and measures each file's held-out loss by the runtime
/// that serves it, reading the file: a loss that grew past the gate fails the link.
///
/// The loss is evaluate's own ([HeldOutText]), on the same text where the two have the same budget:
/// the row of the model in F32 is evaluate's `bits-per-byte.tuned`.
public final class Compress extends Stage<Compress.Inputs, Compress.Config, Compress.Outputs> {
  /// Tokens that a model sees at once, where its context allows: evaluate's.
  private static final int WINDOW = 1024;

  private static final int LONGEST_NAME = 200;
  private static final int LONGEST_ABOUT = 4_000;

  /// @param tuned the model to compress, in F32
  /// @param vocabulary its tokenizer
  /// @param tokens encoded documents, of which the held-out side measures the loss
  public record Inputs(Weights tuned, Vocabulary vocabulary, Tokens tokens) {}

  /// @param maxLossIncrease nats a token that a file's held-out loss may be above the original's: 0
  ///   … 10
  /// @param evaluateTokens held-out tokens to measure it on, about: 256 at least
  /// @param name that the files call the model by; empty for the name in its card, or `imago`
  /// @param about what the files say of the model; empty for what its card tells
  /// @param hint an example of a prompt; empty for the card's
  public record Config(
      double maxLossIncrease, int evaluateTokens, String name, String about, String hint) {
    public Config {
      Bounds.number("maxLossIncrease", maxLossIncrease, 0, 10, "nats a token; 0.01 is usual");
      Bounds.whole(
          "evaluateTokens",
          evaluateTokens,
          256,
          Integer.MAX_VALUE,
          "fewer are too few to judge by; 65536 is usual");
      bounded("name", name, LONGEST_NAME);
      bounded("about", about, LONGEST_ABOUT);
      bounded("hint", hint, LONGEST_ABOUT);
    }

    public static Config defaults() {
      return new Config(0.01, 65_536, "", "", "");
    }

    private static void bounded(String setting, String text, int longest) {
      if (text.length() > longest) {
        throw new IllegalArgumentException(
            "%s has %d characters, and at most %d go into the file: shorten it"
                .formatted(setting, text.length(), longest));
      }
    }
  }

  /// @param f16 `model.gguf`, matrices in half precision, and the model's card
  /// @param q8 `model.gguf`, matrices in blocks of 8-bit numbers, and the model's card
  public record Outputs(GgufWeights f16, GgufWeights q8) {}

  public Compress() {
    super("compress", 2, Inputs.class, Config.defaults(), Outputs.class);
  }

  /// What one file measures.
  private record Measured(String format, long bytes, HeldOutLoss loss, Speed speed) {}

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    Path from = inputs.tuned().folder();
    long numbers = numbers(from, TokenShards.header(inputs.tokens().folder()).vocabularySize());
    Draft f16 = run.draft(GgufWeights.class, "f16");
    Draft q8 = run.draft(GgufWeights.class, "q8");
    ModelCard card = card(from, config);
    write(from, f16.folder(), card, DataType.F16, numbers, run);
    write(from, q8.folder(), card, DataType.Q8_0, numbers, run);
    var measured = new ArrayList<Measured>();
    try (TokenShards heldout = TokenShards.open(inputs.tokens().folder(), Split.HELDOUT)) {
      int endOfText = TokenShards.header(inputs.tokens().folder()).endOfText();
      for (Path folder : List.of(from, f16.folder(), q8.folder())) {
        measured.add(measure(folder, heldout, endOfText, config, run));
      }
    }
    report(measured, run);
    for (Measured m : measured.subList(1, measured.size())) {
      gate(m, measured.getFirst(), config);
    }
    return new Outputs(f16.commit(GgufWeights.class), q8.commit(GgufWeights.class));
  }

  private static ModelCard card(Path from, Config config) {
    try {
      ModelCard card =
          LanguageModel.card(from).called(config.name(), config.about(), config.hint());
      return card.name().isBlank() ? card.called("imago", "", "") : card;
    } catch (BrokenFileException e) {
      throw broken(e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", from, e);
    }
  }

  /// Refuses what cannot be compressed and measured before any of it is written; gives how many
  /// numbers there are to write.
  ///
  /// @param encoded the vocabulary of the tokens that measure it
  private static long numbers(Path from, int encoded) {
    try {
      ModelCheck.check(from);
      ModelShape shape = Architectures.read(Files.readString(from.resolve("config.json")));
      if (shape.vocabularySize() < encoded) {
        throw new InputException(
            "the tokens have a vocabulary of %d and the model one of %d: they do not belong together"
                .formatted(encoded, shape.vocabularySize()));
      }
      return shape.parameterCount();
    } catch (BrokenFileException e) {
      throw broken(e);
    } catch (IllegalArgumentException e) {
      throw cannot(from, e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", from, e);
    }
  }

  private static InputException cannot(Path from, IllegalArgumentException e) {
    return new InputException("cannot compress %s: %s".formatted(from, e.getMessage()), e);
  }

  private static void write(
      Path from, Path to, ModelCard card, DataType type, long numbers, Run run) {
    Path file = to.resolve("model.gguf");
    try (Progress progress = run.progress("write " + type, numbers, "numbers")) {
      GgufExport.write(from, file, card, type, progress::add);
    } catch (BrokenFileException e) {
      throw broken(e);
    } catch (IllegalArgumentException e) {
      throw cannot(from, e);
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
    AtomicFile.write(to.resolve(ModelCardText.FILE), ModelCardText.write(card, "gguf"));
  }

  private static InputException broken(BrokenFileException e) {
    return new InputException(e.getMessage() + "; make or get the model again", e);
  }

  private static Measured measure(
      Path folder, TokenShards heldout, int endOfText, Config config, Run run)
      throws InterruptedException {
    try (LanguageModel model = LanguageModel.open(folder, run.threads())) {
      int context = model.config().context();
      HeldOutText text =
          HeldOutText.draw(
              heldout,
              endOfText,
              model.tokenBytes(),
              Math.max(2, Math.min(WINDOW, context)),
              config.evaluateTokens(),
              run.seed());
      try (Progress progress =
          run.progress("held-out loss of " + model.format(), text.tokens(), "tokens")) {
        HeldOutLoss loss = text.loss(model::logProbabilities, progress);
        int tokens = Math.max(1, Math.min(64, context / 2));
        return new Measured(
            model.format(), model.weightBytes(), loss, Speed.measure(model, tokens, tokens));
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
  }

  private static void report(List<Measured> measured, Run run) {
    HeldOutLoss original = measured.getFirst().loss();
    var rows = new ArrayList<List<String>>();
    for (Measured m : measured) {
      HeldOutLoss.Increase increase = m.loss().above(original);
      String above = text("%+.5f", increase.mean());
      rows.add(
          List.of(
              m == measured.getFirst() ? m.format() + ", as tuned" : m.format(),
              text("%.1f MB", m.bytes() / 1e6),
              text("%.4f", m.loss().bitsPerByte()),
              text("%.4f", m.loss().mean()),
              m == measured.getFirst()
                  ? ""
                  : Double.isNaN(increase.halfWidth())
                      ? above
                      : above + text(" ± %.5f", increase.halfWidth()),
              text("%.0f", m.speed().decode())));
    }
    run.table(
        text("Compressed, on %,.0f held-out tokens", Arrays.stream(original.tokens()).sum()),
        List.of(
            "format",
            "weights",
            "bits a byte",
            "nats a token",
            "increase (95 %)",
            "tokens a second"),
        rows);
    run.note(
        "all rows are of the tuned model on the runtime that serves it, on evaluate's text; the"
            + " losses that training prints are libtorch's, on other stretches, and no measure of"
            + " these");
  }

  private static void gate(Measured m, Measured original, Config config) {
    double increase = m.loss().above(original.loss()).mean();
    if (!(increase <= config.maxLossIncrease())) { // not a number, too
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s raises the held-out loss by %.5f nats a token (%.4f → %.4f), and"
                  + " compress.maxLossIncrease allows %s: raise that, or serve the weights as they"
                  + " are",
              m.format(),
              increase,
              original.loss().mean(),
              m.loss().mean(),
              config.maxLossIncrease()));
    }
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
