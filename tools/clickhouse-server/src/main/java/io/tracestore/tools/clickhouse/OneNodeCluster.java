package io.tracestore.tools.clickhouse;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The cluster {@value #NAME}, which is this node alone. The library can neither hand statements
 * from node to node nor copy tables: what a statement asks for on all nodes of the cluster is done
 * here at once, and a table that has its only replica here is made without replication.
 */
final class OneNodeCluster {
  private static final String NAME = "default";

  private static final Set<String> CHANGES =
      Set.of(
          "ALTER",
          "ATTACH",
          "CREATE",
          "DELETE",
          "DETACH",
          "DROP",
          "GRANT",
          "OPTIMIZE",
          "RENAME",
          "REVOKE",
          "SYSTEM",
          "TRUNCATE");

  private static final Pattern NAMED =
      Pattern.compile("\\s*(?:(?<quote>['\"`])" + NAME + "\\k<quote>|" + NAME + "\\b)");

  /** An engine with the two arguments that say where in the cluster the table belongs. */
  private static final Pattern REPLICATED =
      Pattern.compile("Replicated(\\w*MergeTree)\\(\\s*'[^']*'\\s*,\\s*'[^']*'\\s*(?:,\\s*)?");

  private OneNodeCluster() {}

  /** The statement as this node does it; one character for each byte. */
  static String onThisNode(String sql) {
    SqlScanner scanner = new SqlScanner(sql);
    if (!CHANGES.contains(scanner.next())) {
      return sql;
    }
    boolean afterOn = false;
    int start = 0;
    for (String word = scanner.next(); !word.isEmpty(); word = scanner.next()) {
      if (afterOn && word.equals("CLUSTER")) {
        Matcher name = NAMED.matcher(sql).region(scanner.position(), sql.length());
        return name.lookingAt()
            ? sql.substring(0, start) + withoutReplicas(sql.substring(name.end()))
            : sql;
      }
      afterOn = word.equals("ON");
      start = scanner.wordStart();
    }
    return sql;
  }

  private static String withoutReplicas(String definition) {
    return REPLICATED.matcher(definition).replaceFirst("$1(");
  }
}
