package io.tracestore.cli;

import io.tracestore.TraceStores;
import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Table;
import io.tracestore.cli.terminal.Text;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the providers and their options. */
@Command(name = "providers", description = "List the schemes that URIs can have, with all options.")
final class ProvidersCommand extends BaseCommand {
  @Option(names = "--markdown", description = "Write the option reference as Markdown.")
  private boolean markdown;

  ProvidersCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    List<TraceStoreProvider> providers = TraceStores.providers();
    if (markdown) {
      OptionReference.markdown(providers).forEach(this::print);
    } else if (isJson()) {
      printJson(Map.of("providers", providers.stream().map(ProvidersCommand::document).toList()));
    } else {
      providers.forEach(this::printProvider);
    }
    return Cli.OK;
  }

  private static Map<String, Object> document(TraceStoreProvider provider) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("scheme", provider.scheme());
    document.put("aliases", provider.aliases());
    document.put("syntax", provider.uriSyntax());
    document.put("description", provider.description());
    document.put("options", provider.options().stream().map(ProvidersCommand::document).toList());
    return document;
  }

  private static Map<String, Object> document(StoreOption<?> option) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("name", option.name());
    document.put("type", option.type());
    document.put("default", option.defaultText());
    document.put("secret", option.isSecret());
    document.put("doc", option.doc());
    return document;
  }

  private void printProvider(TraceStoreProvider provider) {
    int columns = console().tableColumns();
    List<String> title =
        Text.wrap(Text.harmless(provider.uriSyntax() + "  " + provider.description()), columns);
    title.forEach(line -> print(bold(line, provider.uriSyntax())));
    if (!provider.aliases().isEmpty()) {
      Text.wrap("also " + String.join(", ", provider.aliases()) + ":", columns - 2)
          .forEach(line -> print("  " + line));
    }
    Table table = new Table();
    for (StoreOption<?> option : provider.options()) {
      String value = option.defaultText() == null ? "" : "=" + option.defaultText();
      table.row("  " + option.name() + value, option.doc() + " (" + option.type() + ")");
    }
    table.wrapped(columns).forEach(this::print);
    print("");
  }

  private String bold(String line, String syntax) {
    return line.startsWith(syntax)
        ? console().style().bold(syntax) + line.substring(syntax.length())
        : line;
  }
}
