package dev.imago.labelling;

import dev.imago.agreement.Agreement;
import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.Hashing;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Labels;
import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A recipe's step that waits for people: labels of a project, once there are enough of them. Until
/// then the run ends and says what it waits for; called again, it goes on.
public final class AwaitLabels
    extends Stage<AwaitLabels.Inputs, AwaitLabels.Config, AwaitLabels.Outputs> {
  private static final Pattern LABELS = Pattern.compile("(\\d{1,9}) labels");
  private static final Pattern ALPHA = Pattern.compile("alpha *(?:>=|≥) *(-?[0-9.]+)");

  /// Nothing of the chain goes in: people's answers lie in the state.
  public record Inputs() {}

  /// @param project its name
  /// @param state its address; a password does not belong here, since recipes are kept
  /// @param until what must be there, such as `500 labels, alpha >= 0.7`: items that are done, and
  ///   the agreement of [ProjectAgreement#main]
  public record Config(String project, String state, String until) {
    public Config {
      var _ = wanted(until);
    }
  }

  public record Outputs(Labels labels) {}

  /// @param labels items that are done
  /// @param alpha NaN where no agreement is asked for
  record Wanted(long labels, double alpha) {}

  /// @param standardState the state that is read where a recipe names none: the workspace's
  public AwaitLabels(Path standardState) {
    super(
        "people",
        1,
        Inputs.class,
        new Config("", standardState.toString(), "1 labels"),
        Outputs.class);
  }

  static Wanted wanted(String until) {
    long labels = 0;
    double alpha = Double.NaN;
    for (String part : until.split(",")) {
      Matcher count = LABELS.matcher(part.strip());
      Matcher agreement = ALPHA.matcher(part.strip());
      if (count.matches()) {
        labels = Long.parseLong(count.group(1));
      } else if (agreement.matches() && agreement.group(1).matches("-?(\\d+|\\d*\\.\\d+)")) {
        alpha = Double.parseDouble(agreement.group(1));
      } else {
        throw new ConfigException(
            "until = «%s» is not understood at «%s»; write it as `500 labels, alpha >= 0.7`"
                .formatted(until, part.strip()));
      }
    }
    return new Wanted(labels, alpha);
  }

  @Override
  public void check(Config config) {
    if (config.project.isBlank()) {
      throw new ConfigException("project is empty; name one that `imago annotate new` has made");
    }
  }

  private static State open(Config config) {
    return State.open(StateAddress.parse(config.state), LabelProject.SCHEMA);
  }

  @Override
  public String external(Config config) {
    check(config);
    try (State state = open(config)) {
      LabelProject project = LabelProject.open(state, Clock.systemUTC(), config.project);
      return state.transaction(
          tx -> {
            var all = new StringBuilder();
            all.append(project.version(tx)).append(' ');
            all.append(
                tx.number(
                    "select sum(revision) from labelling.answer where project = ?",
                    project.name()));
            all.append(' ')
                .append(
                    tx.number(
                        "select max(at) from labelling.answer where project = ?", project.name()))
                .append(' ')
                .append(
                    tx.number(
                        "select count(*) from labelling.item where project = ?", project.name()));
            // What reviewers decide changes no answer.
            all.append(' ')
                .append(
                    tx.number(
                        "select count(*) from labelling.history where project = ? and act in"
                            + " ('accept', 'decide', 'send-back')",
                        project.name()));
            return Hashing.of(all.toString());
          });
    }
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) {
    check(config);
    try (State state = open(config)) {
      LabelProject project = LabelProject.open(state, Clock.systemUTC(), config.project);
      List<String> waiting = waiting(project, wanted(config.until));
      if (!waiting.isEmpty()) {
        throw new InputException(
            "the project «%s» waits for people: %s; label on (`imago annotate serve %s`), and call this run again: it goes on here"
                .formatted(project.name(), String.join(", ", waiting), project.name()));
      }
      Draft draft = run.draft(Labels.class, "labels");
      var snapshot = new LabelSnapshot(project);
      snapshot.write(draft.folder());
      new SnapshotRows(project.task(), snapshot.labels()).write(draft.folder(), run::note);
      return new Outputs(draft.commit(Labels.class));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What is not there yet; nothing where all is.
  private static List<String> waiting(LabelProject project, Wanted wanted) {
    List<String> waiting = new ArrayList<>();
    long done = ProjectStatus.of(project).done();
    if (done < wanted.labels) {
      waiting.add("%,d of %,d labels are done".formatted(done, wanted.labels));
    }
    if (!Double.isNaN(wanted.alpha)) {
      switch (ProjectAgreement.of(project).main()) {
        case Agreement.Undefined undefined ->
            waiting.add("the agreement is undefined: " + undefined.why());
        case Agreement.Value value -> {
          if (value.value() < wanted.alpha) {
            waiting.add(
                String.format(
                    Locale.ROOT, "the agreement is %.3f, below %s", value.value(), wanted.alpha));
          }
        }
      }
    }
    return waiting;
  }
}
