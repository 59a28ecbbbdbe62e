package dev.imago.cli;

import dev.imago.core.Binder;
import dev.imago.core.Stage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// Writes the shell function that completes commands, options, recipes, settings and artifacts.
///
/// One part, which every shell reads, prints what may stand at a place: it follows the words before
/// it to a command and looks artifacts up in the workspace at hand. A few lines for each shell hand
/// it the words and take the candidates.
final class Completion {
  /// Printed in place of candidates where a file's name may stand.
  private static final String FILES = "@files";

  private Completion() {}

  private static final String FOLLOW =
      """
      _imago_artifacts() {
        local manifest rest hash
        for manifest in "$1"/artifacts/*/*/manifest.json; do
          [ -f "$manifest" ] || continue
          rest="${manifest%%/manifest.json}"
          hash="${rest##*/}"
          rest="${rest%%/*}"
          printf '%%s/%%.12s\\n' "${rest##*/}" "$hash"
        done
      }

      _imago_candidates() {
        local command=imago workspace="${IMAGO_WORKSPACE:-.imago}" last="" word
        for word in "$@"; do
          [ "$last" = --workspace ] && workspace="$word"
          case "$command $word" in
            %s) command="$command $word" ;;
          esac
          last="$word"
        done
        case "$command $last" in
      %s  esac
        case "$command" in
      %s  esac
      }
      """;

  static final String BASH =
      """

      _imago() {
        local word="${COMP_WORDS[COMP_CWORD]}" candidates
        candidates="$(_imago_candidates "${COMP_WORDS[@]:1:COMP_CWORD-1}")"
        COMPREPLY=($(compgen -W "${candidates//@files/}" -- "$word"))
        case "$candidates" in
          *@files*) COMPREPLY+=($(compgen -f -- "$word")); compopt -o filenames ;;
        esac
        case "${COMPREPLY[*]}" in
          *=) compopt -o nospace ;;
        esac
      }
      complete -F _imago imago ./imago
      """;

  static final String ZSH =
      """

      _imago() {
        local candidates word
        candidates="$(emulate -L sh; _imago_candidates "${words[@]:1:$((CURRENT - 2))}")"
        for word in ${(f)candidates}; do
          case "$word" in
            @files) _files ;;
            *=) compadd -S '' -- "$word" ;;
            *) compadd -- "$word" ;;
          esac
        done
      }
      (( $+functions[compdef] )) || { autoload -U compinit && compinit; }
      compdef _imago imago ./imago
      """;

  /// The whole script.
  ///
  /// @param front the lines for one shell
  static String script(
      CommandLine line, List<Stage<?, ?, ?>> stages, List<String> recipes, String front) {
    var paths = new ArrayList<String>();
    var values = new StringBuilder();
    var words = new StringBuilder();
    var settings = new ArrayList<>(recipes);
    for (Stage<?, ?, ?> stage : stages) {
      settings(stage.name(), Binder.resolved(stage.defaults()), settings);
    }
    settings("serve", Binder.resolved(ServeOptions.DEFAULTS), settings);
    settings.add("seed=");
    follow("imago", line.getCommandSpec(), settings, paths, values, words);
    return FOLLOW.formatted(String.join(" | ", paths), values, words) + front;
  }

  private static void settings(String place, Map<?, ?> config, List<String> into) {
    config.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
            settings(place + "." + name, inner, into);
          } else {
            into.add(place + "." + name + "=");
          }
        });
  }

  private static void follow(
      String path,
      CommandSpec spec,
      List<String> settings,
      List<String> paths,
      StringBuilder values,
      StringBuilder words) {
    var said = new TreeSet<String>();
    spec.subcommands().forEach((name, _) -> said.add(name));
    for (OptionSpec option : spec.options()) {
      if (option.hidden()) {
        continue;
      }
      said.add(option.longestName());
      if (option.arity().max() > 0) {
        List<String> places =
            java.util.Arrays.stream(option.names()).map(n -> quoted(path + " " + n)).toList();
        values
            .append("    ")
            .append(String.join(" | ", places))
            .append(") ")
            .append(print(candidates(option)))
            .append("return ;;\n");
      }
    }
    words.append("    ").append(quoted(path)).append(") ");
    for (PositionalParamSpec positional : spec.positionalParameters()) {
      String label = positional.paramLabel();
      if (label.contains("RECIPE")) {
        said.addAll(settings);
        said.add(FILES);
      } else if (label.contains("REF") || label.contains("MODEL")) {
        words.append("_imago_artifacts \"$workspace\"; ");
      }
      if (!label.contains("REF") && !label.contains("KIND")) {
        said.addAll(candidates(positional));
      }
    }
    words.append(print(List.copyOf(said))).append(";;\n");
    spec.subcommands()
        .forEach(
            (name, inner) -> {
              paths.add(quoted(path + " " + name));
              follow(path + " " + name, inner.getCommandSpec(), settings, paths, values, words);
            });
  }

  /// What may stand as a value: one of a few words, or else a file's name.
  private static List<String> candidates(ArgSpec arg) {
    if (arg.completionCandidates() != null) {
      var words = new ArrayList<String>();
      arg.completionCandidates().forEach(words::add);
      return words;
    }
    Class<?> type = arg.auxiliaryTypes()[0];
    // A path may also be an address, and is then a text.
    boolean text = arg.isPositional() || arg.paramLabel().equals("PATH");
    boolean file = type == Path.class || text && type == String.class;
    return file ? List.of(FILES) : List.of();
  }

  private static String print(List<String> words) {
    return words.isEmpty() ? "" : "printf '%s\\n' " + String.join(" ", words) + "; ";
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }
}
