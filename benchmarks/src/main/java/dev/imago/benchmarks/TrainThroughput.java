package dev.imago.benchmarks;

import dev.imago.model.Architectures;
import dev.imago.model.Model;
import dev.imago.model.ModelShape;
import dev.imago.model.Parameter;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.Group;
import dev.imago.torch.Layout;
import dev.imago.torch.ModelWithHead;
import dev.imago.torch.Objective;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Precision;
import dev.imago.torch.Replicas;
import dev.imago.torch.Slot;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Training throughput on random tokens: `[bert|lstm] LAYERS WIDTH HEADS CONTEXT BATCH VOCAB
/// {f32|bf16} [MICRO [STEPS [REPLICASxTHREADS [recompute|lora]]]]`.
///
/// The decoder has the same matrices as a GPT of that shape (attention 4·D², feed-forward 8·D², one
/// key–value head for each query head), so that the peer `train_peers.py` does the same work. A
/// BERT learns 15 of 100 tokens, as masked ones; an LSTM has no heads, the number is not used. With
/// `lora` the model is frozen, and low-rank additions of rank 8 to all linear layers of its blocks
/// train.
///
/// Prints the fastest step after warm-up and the median, in tokens a second, and the last loss.
public final class TrainThroughput {
  private static final int WARMUP = 3;
  private static final int RANK = 8;

  private TrainThroughput() {}

  public static void main(String[] words) throws InterruptedException {
    boolean named = !Character.isDigit(words[0].charAt(0));
    String architecture = named ? words[0] : "llama";
    String[] args = named ? Arrays.copyOfRange(words, 1, words.length) : words;
    int[] n = Arrays.stream(args, 0, 6).mapToInt(Integer::parseInt).toArray();
    int layers = n[0];
    int width = n[1];
    int heads = n[2];
    int context = n[3];
    int batch = n[4];
    int vocabulary = n[5];
    Precision precision = args[6].equals("bf16") ? Precision.BF16 : Precision.F32;
    int micro = args.length > 7 ? Integer.parseInt(args[7]) : batch;
    int steps = args.length > 8 ? Integer.parseInt(args[8]) : 15;
    ModelShape config =
        switch (architecture) {
          case "llama" -> shape(vocabulary, width, layers, heads, heads, width * 8 / 3, context);
          case "bert" -> bert(vocabulary, width, layers, heads, context);
          case "lstm" -> lstm(vocabulary, width, layers, context);
          default ->
              throw new IllegalArgumentException("architecture «%s»".formatted(architecture));
        };
    boolean masked = architecture.equals("bert");
    boolean lowRank = args.length > 10 && args[10].equals("lora");
    Layout layout = new Layout();
    Model<Slot> model =
        config.model(
            parts ->
                lowRank
                    ? frozen(layout, parts)
                    : layout.add(
                        parts.stream().map(Parameter::name).toList(),
                        parts.stream().map(Parameter::rows).toList(),
                        parts.getFirst().columns()));
    boolean recomputes = args.length > 10 && args[10].equals("recompute");
    var output =
        new ModelWithHead(
            model::hidden, model.head().weight(), model.head().bias(), 0, List.of(), recomputes);
    Parallelism parallelism =
        args.length > 9
            ? parallelism(args[9])
            : Parallelism.ofThreads(Runtime.getRuntime().availableProcessors());
    try (Replicas replicas = new Replicas(layout, parallelism, precision)) {
      Random random = new Random(0);
      MemorySegment values = replicas.values();
      for (long i = 0; i < layout.size(); i++) {
        values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (random.nextGaussian() * 0.02));
      }
      for (Slot slot : layout.slots()) {
        for (int part = 0; part < slot.names().size() && !slot.group().trains(); part++) {
          MemorySegment held = replicas.value(slot, part);
          for (long i = 0; i < held.byteSize() / 4; i++) {
            held.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (random.nextGaussian() * 0.02));
          }
        }
      }
      AdamW settings = new AdamW(0.9, 0.95, 1e-8, 0.1, 1);
      double[] seconds = new double[steps];
      double loss = 0;
      for (int step = 0; step < steps; step++) {
        var parts = new Batch[batch / micro];
        long learned = 0;
        for (int p = 0; p < parts.length; p++) {
          int[] ids = random.ints((long) micro * context, 0, vocabulary).toArray();
          int[] targets = random.ints((long) micro * context, 0, vocabulary).toArray();
          if (masked) {
            for (int i = 0; i < targets.length; i++) {
              targets[i] = random.nextInt(100) < 15 ? targets[i] : Batch.IGNORED;
            }
          }
          learned += Arrays.stream(targets).filter(t -> t != Batch.IGNORED).count();
          parts[p] = Batch.of(micro, context, ids, targets);
        }
        long begun = System.nanoTime();
        replicas.clear();
        loss = 0;
        for (Batch part : parts) {
          loss += replicas.accumulate(output, Objective.LIKELIHOOD, part, 1.0 / learned);
        }
        replicas.update(step + 1, 1e-3, settings);
        seconds[step] = (System.nanoTime() - begun) / 1e9;
        loss /= learned;
      }
      double[] sorted = Arrays.copyOfRange(seconds, WARMUP, steps);
      Arrays.sort(sorted);
      double tokens = (double) batch * context;
      System.out.printf(
          "{\"peer\":\"imago\",\"mode\":\"%s\",\"params\":%d,\"tokens_per_second\":%.0f,"
              + "\"median_tokens_per_second\":%.0f,\"loss\":%.4f,\"parallelism\":\"%dx%d\",\"peak_mb\":%d}%n",
          args[6],
          config.parameterCount(),
          tokens / sorted[0],
          tokens / sorted[sorted.length / 2],
          loss,
          parallelism.replicas(),
          parallelism.threads(),
          peakMegabytes());
    }
  }

  private static Slot frozen(Layout layout, List<Parameter> parts) {
    List<String> names = parts.stream().map(Parameter::name).toList();
    List<Integer> rows = parts.stream().map(Parameter::rows).toList();
    int columns = parts.getFirst().columns();
    if (!parts.stream().allMatch(Parameter::adaptable)) {
      return layout.add(names, rows, columns, Group.FROZEN);
    }
    return layout.addLowRank(
        names,
        rows,
        columns,
        parts.stream().map(_ -> true).toList(),
        new Layout.Additions(
            Collections.nCopies(parts.size(), RANK),
            Collections.nCopies(parts.size(), 2.0),
            0,
            false,
            Group.DECAYING,
            Group.DECAYING,
            Group.NOT_DECAYING));
  }

  private static ModelShape bert(int vocabulary, int width, int layers, int heads, int context) {
    return Architectures.read(
        """
        {"model_type": "bert", "architectures": ["BertForMaskedLM"], "vocab_size": %d,
         "hidden_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d,
         "intermediate_size": %d, "max_position_embeddings": %d, "type_vocab_size": 2,
         "hidden_act": "gelu", "layer_norm_eps": 1e-12, "hidden_dropout_prob": 0.0,
         "attention_probs_dropout_prob": 0.0}
        """
            .formatted(vocabulary, width, layers, heads, 4 * width, context));
  }

  private static ModelShape lstm(int vocabulary, int width, int layers, int context) {
    return Architectures.read(
        """
        {"model_type": "lstm", "vocab_size": %d, "embedding_size": %d, "hidden_size": %d,
         "num_hidden_layers": %d, "max_position_embeddings": %d, "tie_word_embeddings": true}
        """
            .formatted(vocabulary, width, width, layers, context));
  }

  private static Parallelism parallelism(String words) {
    String[] both = words.split("x");
    return new Parallelism(Integer.parseInt(both[0]), Integer.parseInt(both[1]));
  }

  /// The most that this process has held; 0 where the system is no Linux.
  private static long peakMegabytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(l -> l.startsWith("VmHWM:"))
          .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  /// A decoder of these sizes.
  static ModelShape shape(
      int vocabulary, int width, int layers, int heads, int kvHeads, int feedForward, int context) {
    return shape(vocabulary, width, layers, heads, kvHeads, feedForward, context, true);
  }

  /// @param tied whether what is said is told by the rows that are read
  static ModelShape shape(
      int vocabulary,
      int width,
      int layers,
      int heads,
      int kvHeads,
      int feedForward,
      int context,
      boolean tied) {
    return Architectures.read(
        """
        {"model_type": "llama", "vocab_size": %d, "hidden_size": %d, "num_hidden_layers": %d,
         "num_attention_heads": %d, "num_key_value_heads": %d, "intermediate_size": %d,
         "max_position_embeddings": %d, "rms_norm_eps": 1e-5, "tie_word_embeddings": %s}
        """
            .formatted(vocabulary, width, layers, heads, kvHeads, feedForward, context, tied));
  }
}
