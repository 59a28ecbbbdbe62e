package dev.imago.serve.models;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.serve.ModelChooser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The model `auto`: whichever of those that generate is picked for a request, by a task and by
/// bounds on cost and delay that its field `auto` names.
///
/// ```json
/// {"model": "auto", "auto": {"task": "text-generation", "max_latency": 0.5,
///   "max_price": {"prompt": 0.2, "completion": 0.8}}, "messages": […]}
/// ```
public final class AutoRouting {
  /// Of the model, and of the field.
  public static final String NAME = "auto";

  private static final float MOST_SECONDS = 3600;
  private static final float MOST_PRICE = 1e9f;

  private final ModelChooser chooser;

  public AutoRouting(ModelChooser chooser) {
    this.chooser = chooser;
  }

  /// Those that may answer, in the order in which they are asked.
  ///
  /// @param open which models the caller's key opens
  /// @throws ApiException where none is within the bounds
  List<Served> candidates(List<Served> all, Predicate<Served> open, JsonFields fields) {
    List<ServedModel> able = new ArrayList<>();
    for (Served model : all) {
      if (model instanceof ServedModel own && open.test(own)) {
        able.add(own);
      }
    }
    ModelChooser.Choice choice =
        chooser.choose(
            able.stream().map(m -> new ModelChooser.Candidate(m.name(), m.reference())).toList(),
            wanted(fields));
    var picked = new ArrayList<Served>();
    for (ModelChooser.Picked best : choice.best()) {
      able.stream()
          .filter(model -> model.name().equals(best.name()))
          .findFirst()
          .ifPresent(model -> picked.add(model.pickedAs(NAME, best.why())));
    }
    if (picked.isEmpty()) {
      throw ApiException.invalid(
          NAME,
          "no_model_within_bounds",
          "no model that this key opens is within the bounds: %s; ask for less, or name a model"
              .formatted(
                  choice.others().stream()
                      .map(each -> "«%s»: %s".formatted(each.name(), each.why()))
                      .collect(Collectors.joining("; "))));
    }
    return picked;
  }

  /// The task and the bounds that a request's field `auto` names; any where it is not there.
  ///
  /// @throws ApiException for one that is no task or bound
  public static ModelChooser.Wanted wanted(JsonFields fields) {
    Optional<JsonFields> given = fields.object(NAME);
    if (given.isEmpty()) {
      return ModelChooser.Wanted.ANY;
    }
    JsonFields bounds = given.get();
    bounds.refuseOthers(Set.of("task", "max_latency", "max_price"));
    Optional<JsonFields> price = bounds.object("max_price");
    price.ifPresent(each -> each.refuseOthers(Set.of("prompt", "completion")));
    return new ModelChooser.Wanted(
        bounds.string("task").orElse(""),
        decimal(bounds.number("max_latency", 0, MOST_SECONDS)),
        most(price, "prompt"),
        most(price, "completion"));
  }

  private static double most(Optional<JsonFields> price, String of) {
    return decimal(price.flatMap(each -> each.number(of, 0, MOST_PRICE)));
  }

  /// The decimal that was written, and not the double nearest to its float; no bound where there is
  /// none.
  private static double decimal(Optional<Float> given) {
    return given
        .map(number -> Double.parseDouble(Float.toString(number)))
        .orElse(Double.POSITIVE_INFINITY);
  }
}
