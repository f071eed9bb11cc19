package io.tracestore.cli;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The document {@code docs/options.md}, made from what the providers declare. */
final class OptionReference {
  private OptionReference() {}

  static List<String> markdown(List<TraceStoreProvider> providers) {
    List<String> lines = new ArrayList<>();
    lines.add("# Options");
    lines.add("");
    lines.add(
        "What each backend's URI takes. Made by `./tracestore providers --markdown`; a test keeps it");
    lines.add("up to date. How URIs are written: [uri.md](uri.md).");
    lines.add("");
    lines.add("## All");
    lines.add("");
    lines.add("Every URI takes these: [operations.md](operations.md) says how they work.");
    lines.add("");
    table(lines, TraceStores.commonOptions());
    for (TraceStoreProvider provider : providers) {
      lines.add("");
      lines.add("## " + provider.scheme());
      lines.add("");
      lines.add("%s URI: `%s`.".formatted(sentence(provider.description()), provider.uriSyntax()));
      if (!provider.aliases().isEmpty()) {
        lines.add("Also `%s:`.".formatted(String.join(":`, `", provider.aliases())));
      }
      lines.add("");
      table(lines, provider.options());
    }
    return lines;
  }

  /** The lines of a Markdown table of {@code options}. */
  static List<String> table(List<StoreOption<?>> options) {
    List<String> lines = new ArrayList<>();
    table(lines, options);
    return lines;
  }

  private static void table(List<String> lines, List<StoreOption<?>> options) {
    lines.add("| option | values | default | what it does |");
    lines.add("|---|---|---|---|");
    options.forEach(option -> lines.add(row(option)));
  }

  private static String row(StoreOption<?> option) {
    String defaultText = option.defaultText();
    return "| `%s` | %s | %s | %s |"
        .formatted(
            option.name(),
            cell(option.type()),
            defaultText == null || defaultText.isEmpty() ? "none" : "`" + cell(defaultText) + "`",
            cell(option.doc()) + alsoNamed(option));
  }

  private static String alsoNamed(StoreOption<?> option) {
    return option.aliases().stream()
        .map(alias -> " Also `%s` (%s).".formatted(alias.name(), cell(alias.type())))
        .collect(Collectors.joining());
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }

  private static String sentence(String text) {
    return text.endsWith(".") ? text : text + ".";
  }
}
