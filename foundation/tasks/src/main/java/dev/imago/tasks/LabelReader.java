package dev.imago.tasks;

import dev.imago.data.Rows;
import java.io.IOException;
import java.io.Reader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a user's own files as examples of one task.
///
/// @param <E> an example
public interface LabelReader<E extends Record> {
  /// What a user says of the files.
  ///
  /// @param textField the field that holds the text; empty to find it
  /// @param labelField the field that holds the labels; empty to find it
  /// @param names of labels that rows give by number; none where they name them
  /// @param columns the field of each of [#columns], where it is said
  record Settings(
      String textField, String labelField, List<String> names, Map<String, String> columns) {
    public static final Settings FOUND = new Settings("", "", List.of());

    public Settings {
      names = List.copyOf(names);
      columns = Map.copyOf(columns);
    }

    /// Of the two fields that most tasks have.
    public Settings(String textField, String labelField, List<String> names) {
      this(textField, labelField, names, Map.of());
    }

    /// The field that a column stands in; empty to find it.
    public String field(String column) {
      String told = columns.getOrDefault(column, "");
      return told.isEmpty() ? own(column) : told;
    }

    private String own(String column) {
      return switch (column) {
        case "text" -> textField;
        case "label" -> labelField;
        default -> "";
      };
    }

    /// The setting that says where a column stands, for messages.
    public String setting(String column) {
      return own(column).isEmpty() || columns.containsKey(column)
          ? "columns." + column
          : column + "Field";
    }
  }

  /// What [Settings#columns] can name.
  Set<String> columns();

  /// Reads one file.
  ///
  /// @param file its name, for ids and messages
  /// @param format what its ending says; null for plain text
  /// @throws dev.imago.core.InputException for what cannot be read as examples, with its line
  void read(String file, Reader text, Rows.@Nullable Format format) throws IOException;

  /// All that was read.
  Given<E> given();

  /// The task of what was read.
  ///
  /// @throws IllegalArgumentException for labels that make none, such as a single class
  LabelTask<E> task();
}
