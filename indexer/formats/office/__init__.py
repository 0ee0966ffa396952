"""Word, PowerPoint and Excel since 2007, read from their XML as the programs open it, damaged or not."""
