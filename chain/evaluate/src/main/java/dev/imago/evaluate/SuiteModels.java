package dev.imago.evaluate;

import dev.imago.core.AtomicFile;
import dev.imago.core.EnvironmentException;
import dev.imago.core.Hashing;
import dev.imago.core.InputException;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Predictor;
import dev.imago.model.Output;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Opens models for suites.
public final class SuiteModels {
  private SuiteModels() {}

  /// Opens a Hugging Face folder, a folder with a `model.gguf` or a `.gguf` file: a model that
  /// continues text, an encoder-decoder, or an encoder that fills masked places.
  ///
  /// @param name what it is called in reports
  /// @param threads that compute
  /// @throws InputException for another model, or a broken one
  public static SuiteModel open(String name, Path path, int threads) {
    return open(name, path, threads, Optional.empty());
  }

  /// @param repetitionPenalty of answers, in place of what the model's folder asks for; 1 for none
  public static SuiteModel open(
      String name, Path path, int threads, Optional<Float> repetitionPenalty) {
    try {
      String identity = identity(path);
      double atWork = Math.min(1, (double) threads / Runtime.getRuntime().availableProcessors());
      return switch (Predictor.tells(path)) {
        case Output.NextToken _ -> {
          float asked =
              repetitionPenalty.isPresent() ? repetitionPenalty.get() : repetitionPenalty(path);
          LanguageModel model = LanguageModel.open(path, threads);
          boolean readsSource = model.config().decoderStart().isPresent();
          if (readsSource && repetitionPenalty.isPresent() && asked != 1) {
            throw new InputException(
                "--repetition-penalty = %s is of models that continue their prompt, and %s (%s) reads a source; leave it out"
                    .formatted(asked, name, model.config().architecture()));
          }
          // Another penalty is another model: answers that were kept without it are not its own.
          boolean applied = asked != 1 && !readsSource;
          yield new RuntimeSuiteModel(
              name,
              applied ? identity + " repetition_penalty " + asked : identity,
              atWork,
              model,
              prefix(path, model),
              asked);
        }
        case Output.MaskedToken _ -> {
          if (repetitionPenalty.isPresent()) {
            throw new InputException(
                "--repetition-penalty = %s is of answers, and %s fills masked places; leave it out"
                    .formatted(repetitionPenalty.get(), name));
          }
          yield new EncoderSuiteModel(name, identity, atWork, Predictor.open(path, threads));
        }
        case Output other ->
            throw new InputException(
                "%s is a model of %s, and a suite asks one that continues text or fills masked places"
                    .formatted(path, other.words()));
      };
    } catch (NoSuchFileException e) {
      throw new InputException(
          "%s is no model, there is no %s: name an artifact, a .gguf file, a Hugging Face folder or a server's address"
              .formatted(name, e.getMessage()),
          e);
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new InputException("cannot evaluate %s: %s".formatted(path, e.getMessage()), e);
    } catch (IllegalStateException e) {
      throw new EnvironmentException("cannot evaluate here: " + e.getMessage(), e);
    }
  }

  /// A model behind an OpenAI-compatible API.
  ///
  /// @param address up to `/v1`
  /// @param model that is asked; empty for the server's first
  /// @param key of the server, where it wants one
  /// @param chat whether prompts are conversations
  /// @param concurrent requests at a time, at least 1
  /// @param repetitionPenalty that the server is asked for; empty for its own
  public static SuiteModel connect(
      String address,
      Optional<String> model,
      Optional<String> key,
      boolean chat,
      int concurrent,
      Optional<Float> repetitionPenalty) {
    return new EndpointSuiteModel(address, model, key, chat, concurrent, repetitionPenalty);
  }

  /// What begins a text, as transformers has it: the folder's `bos_token`; else what the vocabulary
  /// puts before one; else what ends a document.
  private static int prefix(Path path, LanguageModel model) throws IOException {
    JsonNode token = json(path.resolve("tokenizer_config.json")).path("bos_token");
    String text = token.isString() ? token.stringValue() : token.path("content").asString("");
    if (!text.isEmpty() && model.tokenizer().id(text).isPresent()) {
      return model.tokenizer().id(text).getAsInt();
    }
    int[] beginning = model.tokenizer().beginning();
    return beginning.length > 0 ? beginning[0] : model.endOfText();
  }

  /// What `generation_config.json` asks for, which transformers' `generate` does unasked, greedy or
  /// not, and lm-evaluation-harness with it; 1 for none.
  private static float repetitionPenalty(Path path) throws IOException {
    return json(path.resolve("generation_config.json")).path("repetition_penalty").floatValue(1);
  }

  /// Of a file beside the weights; nothing where there is none.
  private static JsonNode json(Path file) throws IOException {
    try {
      return Files.isRegularFile(file)
          ? JsonMapper.shared().readTree(Files.readString(file))
          : JsonMapper.shared().missingNode();
    } catch (JacksonException e) {
      throw new InputException(
          "%s is no JSON (%s): get the model again".formatted(file, e.getOriginalMessage()), e);
    }
  }

  /// A hash of a model's files.
  static String identity(Path path) {
    MessageDigest digest = Hashing.sha256();
    for (Path file : files(path)) {
      digest.update(
          String.valueOf(file.getFileName()).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      byte[] buffer = new byte[1 << 20];
      try (InputStream in = Files.newInputStream(file)) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
        }
      } catch (IOException e) {
        throw AtomicFile.failure("read", file, e);
      }
    }
    return Hashing.hex(digest);
  }

  private static List<Path> files(Path path) {
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    try (Stream<Path> all = Files.list(path)) {
      return all.filter(Files::isRegularFile)
          .filter(
              f ->
                  String.valueOf(f.getFileName())
                      .matches(".*\\.(safetensors|gguf|json|jinja|model)"))
          .filter(f -> !String.valueOf(f.getFileName()).matches("(manifest|provenance)\\.json"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw AtomicFile.failure("read", path, e);
    }
  }
}
