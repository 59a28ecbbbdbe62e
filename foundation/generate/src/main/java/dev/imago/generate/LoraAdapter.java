package dev.imago.generate;

import dev.imago.model.AdapterChange;
import dev.imago.model.AdapterConfig;
import dev.imago.model.AdapterFile;
import dev.imago.model.ModelTensors;
import dev.imago.model.Parameter;
import dev.imago.templates.ChatTemplate;
import dev.imago.tensor.CpuWeight;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.LowRankAdditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A low-rank adapter in PEFT's form beside an open base model, of either form: what it learned is
/// added to the model's products for the requests that ask for it ([Request#withAdapter]), and the
/// base's weights stay as they are. Requests with others, or with none, share its steps.
///
/// Immutable and thread-safe; it is good as long as its model is open, and its memory goes when
/// nobody has it any more.
public final class LoraAdapter {
  /// Where merged weights have the adapter that they came from.
  private static final String BESIDE = "adapter";

  /// What stands for it where its numbers are not to be held.
  private final Object mark = new Object();

  private final LanguageModel model;
  private final LowRankAdditions additions;
  private final int rank;
  private final Optional<ChatTemplate> template;
  private final Set<Integer> stopIds;

  private LoraAdapter(
      LanguageModel model,
      LowRankAdditions additions,
      int rank,
      Optional<ChatTemplate> template,
      Set<Integer> stopIds) {
    this.model = model;
    this.additions = additions;
    this.rank = rank;
    this.template = template;
    this.stopIds = stopIds;
  }

  /// Reads `adapter_config.json` and `adapter_model.safetensors`; a chat template and ends of
  /// answers, too, where the folder has them.
  ///
  /// @param folder an adapter's, or one of merged weights that has the adapter in `adapter/`
  /// @throws IOException where a file is missing or broken
  /// @throws IllegalArgumentException naming what is not of this model, or cannot be added beside
  ///   it and has to be merged
  public static LoraAdapter open(Path folder, LanguageModel model) throws IOException {
    Path own = AdapterFile.isOne(folder) ? folder : folder.resolve(BESIDE);
    if (!AdapterFile.isOne(own)) {
      throw new NoSuchFileException(
          folder.toString(), null, "the folder holds no " + AdapterConfig.FILE);
    }
    try (AdapterFile file = AdapterFile.open(own)) {
      model.folder().ifPresent(file::checkBase);
      int tokens = file.shape(model.config()).vocabularySize();
      if (tokens != model.config().vocabularySize()) {
        throw refused(
            own,
            "trainable_token_indices: it has %d tokens that the base does not have"
                .formatted(tokens - model.config().vocabularySize()));
      }
      if (!file.shape(model.config()).equals(model.config())) {
        throw refused(own, "task_type = %s is of labels".formatted(file.config().task()));
      }
      if (file.config().bottlenecks().isPresent()) {
        throw refused(own, "bottlenecks stand behind its layers");
      }
      if (file.config().method().virtual()) {
        throw refused(
            own, "peft_type = %s stands before each text".formatted(file.config().method()));
      }
      var parts = new HashMap<String, AdapterChange.LowRank>();
      int rank = 0;
      for (Map.Entry<String, AdapterChange> each : file.changes(model.config()).entrySet()) {
        AdapterChange.LowRank change = addable(own, each.getKey(), each.getValue());
        parts.put(each.getKey(), change);
        rank = Math.max(rank, (int) change.down().shape()[0]);
      }
      return new LoraAdapter(
          model,
          new LowRankAdditions(byWeight(own, model, parts)),
          rank,
          ModelFile.hasTemplate(folder)
              ? Optional.of(ChatTemplate.load(folder.resolve("tokenizer_config.json")))
              : Optional.empty(),
          Files.exists(folder.resolve("config.json"))
              ? Collections.unmodifiableSet(new LinkedHashSet<>(ModelFile.stops(folder)))
              : model.stopIds());
    }
  }

  private static AdapterChange.LowRank addable(Path folder, String name, AdapterChange change) {
    return switch (change) {
      case AdapterChange.LowRank low when low.magnitude() != null ->
          throw refused(folder, "use_dora = true gives the rows of «%s» lengths".formatted(name));
      case AdapterChange.LowRank low -> low;
      case AdapterChange.Factors _ ->
          throw refused(folder, "peft_type = IA3 multiplies «%s»".formatted(name));
      case AdapterChange.Rows _ ->
          throw refused(
              folder,
              "trainable_token_indices: rows of «%s» are the adapter's own".formatted(name));
      case AdapterChange.Replaced _ ->
          throw refused(
              folder, "modules_to_save or bias: «%s» is the adapter's own, whole".formatted(name));
    };
  }

  private static IllegalArgumentException refused(Path folder, String what) {
    return new IllegalArgumentException(
        "%s: %s, which cannot be added beside a base; merge it: `imago import %s --base MODEL`, and take what comes as the model"
            .formatted(folder, what, folder));
  }

  /// By the weight in whose rows each matrix lies; one that is of none is looked up, not multiplied
  /// with, as an embedding is.
  private static Map<CpuWeight, List<LowRankAdditions.Addition>> byWeight(
      Path folder, LanguageModel model, Map<String, AdapterChange.LowRank> changes) {
    var left = new HashMap<>(changes);
    var to = new HashMap<CpuWeight, List<LowRankAdditions.Addition>>();
    model
        .products()
        .forEach(
            (weight, parts) -> {
              int row = 0;
              for (Parameter p : parts) {
                AdapterChange.LowRank change = left.remove(p.name());
                if (change != null) {
                  HostTensor up = ModelTensors.ordered(change.up(), p, model.form());
                  to.computeIfAbsent(weight, _ -> new ArrayList<>())
                      .add(new LowRankAdditions.Addition(row, up, change.down(), change.scale()));
                }
                row += p.rows();
              }
            });
    if (!left.isEmpty()) {
      throw refused(
          folder,
          "«%s» is no linear layer"
              .formatted(left.keySet().stream().sorted().findFirst().orElseThrow()));
    }
    return to;
  }

  /// The highest rank of its additions.
  public int rank() {
    return rank;
  }

  /// Bytes of memory that it takes.
  public long bytes() {
    return additions.bytes();
  }

  /// Its own template for conversations, where its folder has one, or the model's.
  public ChatTemplate chatTemplate() {
    return template.orElseGet(model::chatTemplate);
  }

  /// The ids at which its answers end.
  public Set<Integer> stopIds() {
    return stopIds;
  }

  /// How text becomes a prompt for it.
  public Prompts prompts() {
    return model.prompts(chatTemplate(), stopIds);
  }

  LanguageModel model() {
    return model;
  }

  Object mark() {
    return mark;
  }

  LowRankAdditions additions() {
    return additions;
  }
}
