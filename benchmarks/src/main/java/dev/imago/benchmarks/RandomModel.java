package dev.imago.benchmarks;

import dev.imago.generate.GgufExport;
import dev.imago.model.ConfigJson;
import dev.imago.model.Form;
import dev.imago.model.GgufMixture;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelShape;
import dev.imago.model.Specials;
import dev.imago.tensor.DataType;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A model of random weights, for speed alone: `FOLDER [LAYERS=12] [WIDTH=512] [VOCABULARY=16384]
/// [FORMAT=F16 …]` leaves `random-F16.gguf` and so on (43 M parameters, as it stands; F16 and Q8_0
/// where no format is named). 30 640 50257 are 169 M, 20 2048 32000 are 0.9 G.
///
/// LAYERS may be `12:2`: what the layers after the first two say counts nothing, or by `12:2:0.1` a
/// tenth, so that a model of `2` guesses well what that of twelve will say, which takes its twelve
/// layers' time; `12:0` says the same forty tokens again and again. For drafts and look-up.
public final class RandomModel {
  private static final int HEAD = 64;
  private static final int CONTEXT = 8192;

  /// After so many tokens a model that hears no layer begins anew.
  private static final int PERIOD = 40;

  private RandomModel() {}

  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    String[] heard = (args.length > 1 ? args[1] : "12").split(":");
    int layers = Integer.parseInt(heard[0]);
    int loud = heard.length > 1 ? Integer.parseInt(heard[1]) : layers;
    float rest = heard.length > 2 ? Float.parseFloat(heard[2]) : 0;
    int width = args.length > 2 ? Integer.parseInt(args[2]) : 512;
    int vocabulary = args.length > 3 ? Integer.parseInt(args[3]) : 16_384;
    int heads = width / HEAD;
    int hidden = Math.ceilDiv(width * 8 / 3, 32) * 32; // rows of whole blocks
    ModelShape config =
        TrainThroughput.shape(
            vocabulary, width, layers, heads, heads / 2, hidden, CONTEXT, loud > 0);
    Path weights = folder.resolve("hf");
    write(Files.createDirectories(weights), config, name -> isAfter(name, loud) ? rest : 1);
    List<String> formats =
        args.length > 4 ? List.of(args).subList(4, args.length) : List.of("F16", "Q8_0");
    for (String format : formats) {
      Path file = folder.resolve("random-" + format + ".gguf");
      GgufExport.write(
          weights,
          file,
          ModelCard.named("random"),
          GgufMixture.named(format),
          Map.of(),
          Runtime.getRuntime().availableProcessors(),
          n -> {});
      System.out.println(file);
    }
  }

  private static final Pattern OUT =
      Pattern.compile("model\\.layers\\.(\\d+)\\..*(o_proj|down_proj)\\.weight");

  /// Whether a tensor adds what a layer after the first ones says.
  private static boolean isAfter(String name, int layers) {
    Matcher out = OUT.matcher(name);
    return out.matches() && Integer.parseInt(out.group(1)) >= layers;
  }

  private static void write(Path folder, ModelShape config, ToDoubleFunction<String> loudness)
      throws IOException {
    var tensors = new LinkedHashMap<String, HostTensor>();
    try (Arena arena = Arena.ofConfined()) { // beyond the heap: 4 GB of a billion weights
      config
          .storedShapes(Form.HUGGING_FACE)
          .forEach(
              (name, shape) -> {
                long size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
                MemorySegment values = arena.allocate(ValueLayout.JAVA_FLOAT, size);
                var random = new Random(name.hashCode()); // the same in models of fewer layers
                float scale = 0.05f * (float) loudness.applyAsDouble(name);
                for (long i = 0; i < size; i++) {
                  float value = shape.length == 1 ? 1 : scale * (float) random.nextGaussian();
                  values.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
                }
                tensors.put(name, new HostTensor(DataType.F32, shape, values));
              });
      HostTensor head = tensors.get("lm_head.weight");
      if (head != null) {
        next(
            Objects.requireNonNull(tensors.get("model.embed_tokens.weight")),
            head,
            config.vocabularySize());
      }
      Safetensors.write(folder.resolve("model.safetensors"), tensors, Safetensors.FORMAT_PT);
    }
    var specials = new Specials(0, List.of(0));
    Files.writeString(folder.resolve("config.json"), config.configJson(specials));
    Files.writeString(folder.resolve("generation_config.json"), ConfigJson.generation(specials));
    Files.write(folder.resolve("tokenizer.json"), tokenizer(config.vocabularySize()).toJson());
  }

  /// Makes the row of each token that of the one before it, so that it is what follows.
  private static void next(HostTensor embedding, HostTensor head, int vocabulary) {
    long bytes = head.data().byteSize() / vocabulary;
    for (int id = 0; id < vocabulary; id++) {
      int before = id % PERIOD == 0 ? Math.min(id + PERIOD, vocabulary) - 1 : id - 1;
      MemorySegment.copy(embedding.data(), before * bytes, head.data(), id * bytes, bytes);
    }
  }

  /// The bytes as GPT-2 writes them, then names for the other ids.
  private static Tokenizer tokenizer(int vocabulary) {
    List<String> tokens = new ArrayList<>(List.of("<|endoftext|>"));
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean itself = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
      tokens.add(String.valueOf((char) (itself ? b : next++)));
    }
    while (tokens.size() < vocabulary) {
      tokens.add("t" + tokens.size());
    }
    return Tokenizer.fromVocabulary(SplitPattern.QWEN2, tokens, List.of(), Set.of(0));
  }
}
