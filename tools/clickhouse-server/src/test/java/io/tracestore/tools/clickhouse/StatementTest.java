package io.tracestore.tools.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.tools.clickhouse.Statement.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      textBlock =
          """
          SELECT 1                                              | SELECT
          select 'a;b', "x;y", `z;` -- ; c                      | SELECT
          /* first */ SELECT 1                                  | SELECT
          WITH 1 AS x SELECT x                                  | SELECT
          SELECT 1;                                             | SELECT
          SELECT 1; SELECT 2                                    | SEVERAL
          SELECT $$;$$, $x$ $ ; $x$                             | SELECT
          SHOW TABLES                                           | OTHER
          CREATE TABLE t (a Int8) ENGINE = Memory               | OTHER
          INSERT INTO t SELECT 1                                | OTHER
          INSERT INTO t (a, b) SELECT * FROM u FORMAT Null      | OTHER
          WITH 1 AS x INSERT INTO t SELECT x                    | OTHER
          INSERT INTO t FROM INFILE 'f' FORMAT CSV              | OTHER
          INSERT INTO t VALUES (1)                              | INSERT_ROWS
          INSERT INTO t (`values`, b) FORMAT RowBinary          | INSERT_ROWS
          """)
  void saysHowAStatementIsExecuted(String sql, Kind kind) {
    assertThat(Statement.of(sql).kind()).isEqualTo(kind);
  }

  @Test
  void findsTheFormatOfAResult() {
    assertThat(Statement.of("SELECT 'FORMAT x' FORMAT Native SETTINGS max_threads = 1").format())
        .isEqualTo("Native");
  }

  @Test
  void aSelectWithoutAFormatNamesNone() {
    assertThat(Statement.of("SELECT formatDateTime(now(), 'FORMAT')").format()).isNull();
  }

  @Test
  void theRowsOfAnInsertionBeginAfterTheLineOfItsFormat() {
    String text = "INSERT INTO t SETTINGS a = 1 FORMAT CSV \n\n1";
    Statement statement = Statement.of(text);
    assertThat(text.substring(0, statement.end())).isEqualTo("INSERT INTO t SETTINGS a = 1 ");
    assertThat(text.substring(statement.dataStart())).isEqualTo("\n1");
  }

  @Test
  void theRowsOfAnInsertionOfValuesBeginAfterTheWord() {
    String text = "INSERT INTO t (a) VALUES(1)";
    assertThat(text.substring(Statement.of(text).dataStart())).isEqualTo("(1)");
  }
}
