package dev.imago.tune;

import dev.imago.core.AtomicFile;
import dev.imago.data.Weights;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelCardText;
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.tasks.Encoder;
import dev.imago.tasks.Task;
import dev.imago.training.AdapterSettings;
import dev.imago.training.TrainableModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What tuning leaves: a Hugging Face folder with the weights or an adapter, the tokenizer's files
/// and a card.
final class TunedModel {
  static final String TOKENIZER = "tokenizer.json";

  /// Where transformers keeps a template since version 4.43, beside the configs that have none.
  static final String TEMPLATE = "chat_template.jinja";

  private TunedModel() {}

  /// @param examples that were trained on
  /// @param seen how often, together
  /// @param endOfText of the base
  static void write(
      Path folder,
      TrainableModel model,
      Tune.Inputs inputs,
      AdapterSettings adapter,
      Task task,
      Encoder encoder,
      long examples,
      long seen,
      int endOfText) {
    var stops = new ArrayList<Integer>(encoder.stops());
    stops.add(endOfText);
    write(folder, model, inputs.base(), adapter, new Specials(endOfText, stops));
    Path words = BaseModel.words(inputs);
    for (String name : List.of(TOKENIZER, "tokenizer_config.json", TEMPLATE)) {
      if (name.equals(TOKENIZER) || Files.exists(words.resolve(name))) {
        copy(words.resolve(name), folder.resolve(name));
      }
    }
    task.template(words)
        .ifPresent(
            jinja -> {
              AtomicFile.write(folder.resolve(TEMPLATE), jinja);
              if (!Files.exists(folder.resolve("tokenizer_config.json"))) {
                AtomicFile.write(folder.resolve("tokenizer_config.json"), "{}\n");
              }
            });
    // Text generation is what a card means where it names no task.
    String called = task.output() instanceof Output.NextToken ? "" : task.pipelineTag();
    var tuning = new ModelCard.Tuning(examples, seen, called);
    AtomicFile.write(
        folder.resolve(ModelCardText.FILE),
        ModelCardText.write(
            base(inputs.base())
                .ofParameters(model.config().parameterCount())
                .tuned(tuning, task.hint(inputs.labels().folder())),
            adapter.merge() ? "transformers" : "peft"));
  }

  /// Merged weights, with the adapter in a folder of its own; or the adapter alone.
  private static void write(
      Path folder, TrainableModel model, Weights base, AdapterSettings adapter, Specials specials) {
    // Artifacts of a kind lie side by side.
    String beside = "../" + base.folder().getFileName();
    if (!adapter.merge()) {
      model.writeConfig(folder, specials);
      model.writeAdapter(folder, beside);
      return;
    }
    model.write(folder, specials);
    if (adapter.used() && adapter.kind() != AdapterSettings.Kind.BITFIT) {
      Path own = folder.resolve(StartedAdapter.FOLDER);
      try {
        Files.createDirectories(own);
      } catch (IOException e) {
        throw AtomicFile.failure("create", own, e);
      }
      model.writeConfig(own, specials);
      model.writeAdapter(own, "../" + beside);
    }
  }

  /// What the base model says of itself.
  private static ModelCard base(Weights base) {
    Path file = base.folder().resolve(ModelCardText.FILE);
    return Files.exists(file) ? ModelCardText.read(read(file)) : ModelCard.named("");
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  private static void copy(Path from, Path to) {
    try {
      Files.copy(from, to);
    } catch (IOException e) {
      throw AtomicFile.failure("copy", from, e);
    }
  }
}
