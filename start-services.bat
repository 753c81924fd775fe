@cd /d "%~dp0"
npm start
